/** Lines over a common x axis. */
export interface Plot {
  /** Also the name of its file. */
  name: string
  title: string
  x: string
  y: string
  /** Marks at equal distances, even if their values are not. */
  marks: readonly string[]
  lines: readonly { name: string; values: readonly number[] }[]
}

const width = 720
const height = 360
const left = 70
const right = 190
const top = 44
const bottom = 52
// Colour-blind people can tell them apart too: https://jfly.uni-koeln.de/color/
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000']

/** The plot as a picture that is readable on a dark page too. */
export function renderPlot({ title, x, y, marks, lines }: Plot): string {
  const ticks = axis(Math.max(...lines.flatMap(line => line.values)))
  const highest = ticks.at(-1) ?? 1
  const across = (index: number): number =>
    left + (width - left - right) * (marks.length < 2 ? 0.5 : index / (marks.length - 1))
  const up = (value: number): number =>
    height - bottom - ((height - top - bottom) * value) / highest
  const drawn = lines.map(({ name, values }, index) => {
    const colour = colours[index % colours.length]
    const points = values.map((value, place) => `${round(across(place))},${round(up(value))}`)
    const [x, y] = [width - right + 24, top + 22 * index]
    return [
      `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...points.map(
        point =>
          `<circle cx="${point.split(',')[0]}" cy="${point.split(',')[1]}" r="3" fill="${colour}"/>`
      ),
      `<rect x="${x}" y="${y}" width="12" height="12" fill="${colour}"/>`,
      text(x + 18, y + 11, name)
    ].join('\n')
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ` +
      'font-family="sans-serif" font-size="12" role="img">',
    `<title>${escape(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(left, 24, title, 'font-size="15" font-weight="bold"'),
    ...ticks.flatMap(tick => {
      const y = round(up(tick))
      return [
        `<line x1="${left}" x2="${width - right}" y1="${y}" y2="${y}" stroke="#dddddd"/>`,
        text(left - 8, y + 4, tick.toLocaleString('en-US'), 'text-anchor="end"')
      ]
    }),
    ...marks.map((mark, index) =>
      text(round(across(index)), height - bottom + 18, mark, 'text-anchor="middle"')
    ),
    text(left + (width - left - right) / 2, height - 12, x, 'text-anchor="middle"'),
    text(
      0,
      0,
      y,
      `text-anchor="middle" transform="translate(18 ${(height - bottom + top) / 2}) rotate(-90)"`
    ),
    ...drawn,
    '</svg>',
    ''
  ].join('\n')
}

/** Some five round numbers from 0 to at least `highest`. */
function axis(highest: number): number[] {
  const rough = Math.max(highest, 1e-9) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 2.5, 5].find(factor => factor * power >= rough) ?? 10) * power
  return Array.from({ length: Math.ceil(highest / step) + 1 }, (_none, index) =>
    Number((index * step).toPrecision(6))
  )
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${x}" y="${y}" fill="#222222" ${attributes}>${escape(content)}</text>`
}

function escape(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
