/** Small charts, which are drawn as SVG in the page, as one SVG file that looks the same elsewhere. */

const VARIABLE = /var\((--[\w-]+)\)/g
const GAP = 16
const SPACE = 'http://www.w3.org/2000/svg'

/** Colours of the page's theme in place of the variables that name them. */
function withColours(element: Element, style: CSSStyleDeclaration): void {
  for (const { name, value } of [...element.attributes]) {
    if (!value.includes('var(')) continue
    element.setAttribute(
      name,
      value.replace(VARIABLE, (_, variable: string) => style.getPropertyValue(variable).trim()),
    )
  }
  for (const child of element.children) withColours(child, style)
}

/** All charts inside `holder` beside each other, on the page's background. @throws if there is none */
export function svgOf(holder: HTMLElement, title: string): Blob {
  const charts = [...holder.querySelectorAll<SVGSVGElement>('svg[role="img"]')]
  if (charts.length === 0) throw new Error('There is no chart to save here.')
  const style = getComputedStyle(holder)
  const file = document.createElementNS(SPACE, 'svg')
  const name = document.createElementNS(SPACE, 'title')
  name.textContent = title
  file.append(name)
  let [left, height] = [GAP, 0]
  for (const chart of charts) {
    const size = chart.getBoundingClientRect()
    const copy = chart.cloneNode(true) as SVGSVGElement
    copy.removeAttribute('style')
    for (const [key, value] of Object.entries({ x: left, y: GAP, width: size.width, height: size.height }))
      copy.setAttribute(key, String(value))
    withColours(copy, style)
    file.append(copy)
    left += size.width + GAP
    height = Math.max(height, size.height)
  }
  const background = document.createElementNS(SPACE, 'rect')
  background.setAttribute('width', String(left))
  background.setAttribute('height', String(height + 2 * GAP))
  background.setAttribute('fill', style.getPropertyValue('--surface').trim())
  name.after(background)
  file.setAttribute('viewBox', `0 0 ${left} ${height + 2 * GAP}`)
  file.setAttribute('width', String(left))
  file.setAttribute('font-family', 'system-ui, sans-serif')
  return new Blob([new XMLSerializer().serializeToString(file)], { type: 'image/svg+xml' })
}
