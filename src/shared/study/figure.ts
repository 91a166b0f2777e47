/** A study's curves as an SVG figure: mean and band of each arm, with axes, units and a legend. Pure; every text is escaped. */
import type { Budget, Study } from '../schemas/study'
import type { ArmCurve, TaskResult } from './results'
import { roundTicks } from './ticks'
import { amount, BUDGET_WORDS, level } from './words'

/** Okabe and Ito (2008), distinguishable with colour-blind eyes; then dashes. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000', '#8a7d00']
const DASHES = ['', '6 3', '2 3', '8 3 2 3']

/** Pixels. */
const SIZE = { width: 720, height: 440 }
const MARGIN = { left: 64, right: 24, top: 52, bottom: 56 }
const LEGEND_LINE = 18
const LEGEND_COLUMNS = 3
const X_TICKS = 6
const Y_TICKS = 5

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** A text in XML: its special signs escaped, signs that XML does not allow left out. */
const escaped = (text: string) =>
  text
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll(/[&<>"']/g, (sign) => SIGNS[sign] ?? '')

const at = (value: number) => Number(value.toFixed(2))

type Anchor = 'start' | 'middle' | 'end'

function text(x: number, y: number, content: string, anchor: Anchor = 'start', more = ''): string {
  return `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}"${more}>${escaped(content)}</text>`
}

interface Scale {
  readonly ticks: readonly number[]
  readonly to: (value: number) => number
}

function scaleOf(low: number, high: number, wanted: number, from: number, until: number): Scale {
  const ticks = roundTicks(low, high, wanted)
  const [first = 0, last = 1] = [ticks[0], ticks.at(-1)]
  return { ticks, to: (value) => from + ((value - first) / (last - first)) * (until - from) }
}

const style = (index: number) => ({
  colour: COLOURS[index % COLOURS.length] ?? '#000000',
  dash: DASHES[Math.floor(index / COLOURS.length) % DASHES.length] ?? '',
})

const placer = (x: Scale, y: Scale) => (px: number, py: number) => `${at(x.to(px))},${at(y.to(py))}`

function band({ points }: ArmCurve, index: number, x: Scale, y: Scale): string {
  const place = placer(x, y)
  const upper = points.map((point) => place(point.x, point.high))
  const lower = points.toReversed().map((point) => place(point.x, point.low))
  return `<polygon points="${[...upper, ...lower].join(' ')}" fill="${style(index).colour}" fill-opacity="0.15"/>`
}

function curve({ points }: ArmCurve, index: number, x: Scale, y: Scale): string {
  const { colour, dash } = style(index)
  const place = placer(x, y)
  const line = points.map((point) => place(point.x, point.mean)).join(' ')
  const dots = points.map(
    (point) => `<circle cx="${at(x.to(point.x))}" cy="${at(y.to(point.mean))}" r="2.5" fill="${colour}"/>`,
  )
  return [
    `<polyline points="${line}" fill="none" stroke="${colour}" stroke-width="2"${dash ? ` stroke-dasharray="${dash}"` : ''}/>`,
    ...dots,
  ].join('')
}

function legend(arms: readonly string[], width: number): string {
  const column = (width - MARGIN.left - MARGIN.right) / LEGEND_COLUMNS
  return arms
    .map((arm, index) => {
      const { colour, dash } = style(index)
      const left = MARGIN.left + (index % LEGEND_COLUMNS) * column
      const top = MARGIN.top + Math.floor(index / LEGEND_COLUMNS) * LEGEND_LINE
      const name = arm.length > 28 ? `${arm.slice(0, 27)}…` : arm
      return `<line x1="${at(left)}" y1="${top - 4}" x2="${at(left + 22)}" y2="${top - 4}" stroke="${colour}" stroke-width="2"${dash ? ` stroke-dasharray="${dash}"` : ''}/>${text(left + 28, top, name)}`
    })
    .join('')
}

function axes(
  x: Scale,
  y: Scale,
  box: { left: number; right: number; top: number; bottom: number },
  budget: Budget,
): string {
  const { left, right, top, bottom } = box
  const lines = y.ticks.map(
    (tick) =>
      `<line x1="${left}" y1="${at(y.to(tick))}" x2="${right}" y2="${at(y.to(tick))}" stroke="#e0e0e0"/>${text(left - 8, y.to(tick) + 4, String(Number((100 * tick).toFixed(2))), 'end')}`,
  )
  const marks = x.ticks.map(
    (tick) =>
      `<line x1="${at(x.to(tick))}" y1="${bottom}" x2="${at(x.to(tick))}" y2="${bottom + 5}" stroke="#444"/>${text(x.to(tick), bottom + 20, amount(tick), 'middle')}`,
  )
  const { label, unit } = BUDGET_WORDS[budget]
  const middle = (top + bottom) / 2
  return [
    ...lines,
    ...marks,
    `<line x1="${left}" y1="${bottom}" x2="${right}" y2="${bottom}" stroke="#444"/>`,
    `<line x1="${left}" y1="${top}" x2="${left}" y2="${bottom}" stroke="#444"/>`,
    text((left + right) / 2, bottom + 42, `${label} (${unit})`, 'middle'),
    text(18, middle, 'accuracy on held-out problems (%)', 'middle', ` transform="rotate(-90 18 ${at(middle)})"`),
  ].join('')
}

/** @returns the figure, also where nothing was recorded: then it says so */
export function studyFigure(study: Study, task: TaskResult, budget: Budget): string {
  const { width } = SIZE
  const rows = Math.ceil(study.arms.length / LEGEND_COLUMNS)
  const height = SIZE.height + rows * LEGEND_LINE
  const box = {
    left: MARGIN.left,
    right: width - MARGIN.right,
    top: MARGIN.top + rows * LEGEND_LINE,
    bottom: height - MARGIN.bottom,
  }
  const curves = task.curves[budget]
  const points = curves.flatMap((one) => one.points)
  const title = study.tasks.length > 1 ? `${study.name}: ${task.task}` : study.name
  const head = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="Inter, system-ui, sans-serif" font-size="12" fill="#222">`,
    `<title>${escaped(title)}</title>`,
    `<desc>${escaped(`Mean accuracy of each arm over its seeds, with ${level(study.measure.confidence)} intervals over seeds, against ${BUDGET_WORDS[budget].label}.`)}</desc>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(MARGIN.left, 26, title, 'start', ' font-size="15" font-weight="600"'),
  ]
  if (points.length === 0)
    return [
      ...head,
      text(width / 2, height / 2, `${BUDGET_WORDS[budget].label}: not recorded by these runs`, 'middle'),
      '</svg>\n',
    ].join('\n')
  const x = scaleOf(0, Math.max(...points.map((point) => point.x)), X_TICKS, box.left, box.right)
  const low = Math.min(...points.map((point) => point.low))
  const high = Math.max(...points.map((point) => point.high))
  const y = scaleOf(low, high, Y_TICKS, box.bottom, box.top)
  const index = (arm: string) => study.arms.findIndex(({ name }) => name === arm)
  return [
    ...head,
    legend(
      study.arms.map(({ name }) => name),
      width,
    ),
    axes(x, y, box, budget),
    ...curves.map((one) => band(one, index(one.arm), x, y)),
    ...curves.map((one) => curve(one, index(one.arm), x, y)),
    '</svg>\n',
  ].join('\n')
}
