# Kinto and the emulator of AWS, for compose.yaml: the versions that the tests run on, from one list.
# (Kinto's own image moves with its tags, and has neither that list nor the emulator.)
# Node.js is here for the emulator, which runs each Lambda function as a Node process.
FROM node:24-slim
RUN apt-get update && apt-get install -y --no-install-recommends python3-venv && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv /opt/parts
COPY requirements.txt /opt/parts/
# The last three are what Kinto needs for PostgreSQL
RUN /opt/parts/bin/pip install --no-cache-dir --no-deps --requirement /opt/parts/requirements.txt \
  psycopg2-binary==2.9.13 SQLAlchemy==2.1.9 zope.sqlalchemy==4.1
ENV PATH=/opt/parts/bin:$PATH PYTHONUNBUFFERED=1
USER 1000:1000
