/** A chart to take along: its values as a table or CSV, its picture as PNG. */
import { csvOf } from '@shared/csv'
import type { Line } from './chart-types'

export interface ChartTable {
  readonly head: readonly string[]
  /** Null where a line has no value. */
  readonly rows: readonly (readonly (number | null)[])[]
}

/** One row for each x where a line has a value. Faint lines are raw values behind smoothed ones; both are given. */
export function tableOf(xLabel: string, x: readonly number[], lines: readonly Line[]): ChartTable {
  const names = lines.map(({ label, isFaint }) => (isFaint ? `${label} (not smoothed)` : label))
  const rows = x
    .map((at, i) => [at, ...lines.map(({ values }) => values[i] ?? null)])
    .filter((row) => row.slice(1).some((value) => value !== null))
  return { head: [xLabel, ...names], rows }
}

export const csvTable = ({ head, rows }: ChartTable): string => csvOf([head, ...rows])

const MARGIN = 12
const LINE = 18
/** Before and after a name of the legend. */
const SWATCH = 17
const GAP = 16

/** Where each entry of a legend stands, in rows no wider than the chart; one that is wider has a row of its own. */
export function legendPlaces(
  widths: readonly number[],
  width: number,
): readonly { readonly left: number; readonly row: number }[] {
  let [left, row] = [0, 0]
  return widths.map((own) => {
    if (left > 0 && left + own > width) [left, row] = [0, row + 1]
    const place = { left, row }
    left += own
    return place
  })
}

/** What is drawn in `holder`, with its title and legend above it, on the page's background. */
export async function pictureOf(
  holder: HTMLElement,
  title: string,
  lines: readonly Pick<Line, 'label' | 'color' | 'isFaint'>[],
): Promise<Blob> {
  const drawn = holder.querySelector('canvas')
  if (!drawn) throw new Error('The chart is not drawn yet: scroll to it first.')
  const scale = window.devicePixelRatio || 1
  const style = getComputedStyle(holder)
  const picture = document.createElement('canvas')
  const context = picture.getContext('2d')
  if (!context) throw new Error('This browser draws no pictures.')
  const font = `12px ${style.fontFamily}`
  context.font = font
  const entries = lines.filter(({ isFaint }) => !isFaint)
  const places = legendPlaces(
    entries.map(({ label }) => SWATCH + context.measureText(label).width + GAP),
    drawn.width / scale,
  )
  const top = MARGIN + LINE * (2 + (places.at(-1)?.row ?? 0))
  picture.width = drawn.width + 2 * MARGIN * scale
  picture.height = drawn.height + (top + MARGIN) * scale // a new size forgets the font
  context.fillStyle = getComputedStyle(document.body).backgroundColor
  context.fillRect(0, 0, picture.width, picture.height)
  context.drawImage(drawn, MARGIN * scale, top * scale)
  context.scale(scale, scale)
  context.textBaseline = 'middle'
  context.fillStyle = style.color
  context.font = `600 13px ${style.fontFamily}`
  context.fillText(title, MARGIN, MARGIN + LINE / 2)
  context.font = font
  entries.forEach(({ label, color }, i) => {
    const { left, row } = places[i]!
    const y = MARGIN + LINE * (1.5 + row)
    context.fillStyle = style.getPropertyValue(color) || color
    context.fillRect(MARGIN + left, y - 1, 12, 3)
    context.fillStyle = style.color
    context.fillText(label, MARGIN + left + SWATCH, y)
  })
  return new Promise((resolve, reject) =>
    picture.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture could not be made.')))),
  )
}
