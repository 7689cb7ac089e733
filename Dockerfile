FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production STEPFUNCTION_LISTEN=0.0.0.0:8889
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY src ./src
RUN install -d -o 1000 -g 1000 node_modules/.cache
# By number: Kubernetes' runAsNonRoot cannot check a name
USER 1000:1000
# Leaves compiled code in node_modules/.cache, so that a start is faster, on a read-only disk too
RUN ["node", "src/server.ts", "--version"]
EXPOSE 8889
# /live is served on loopback by default; where STEPFUNCTION_ADMIN_LISTEN says otherwise, this must follow
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8890/live').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node itself gets the signals. It needs up to 75 s to stop: docker stop -t 75
CMD ["node", "src/server.ts"]
