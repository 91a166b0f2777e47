/** The contents of a chart's canvas, which are not in the page's text. */
import type { Locator } from 'playwright-core'

/** Pixels of a chart that have each of the colours, smoothed edges aside. @param colours as CSS writes them */
export const pixelsOf = (chart: Locator, colours: readonly string[]): Promise<number[]> =>
  chart.locator('canvas').evaluate((canvas: HTMLCanvasElement, wanted) => {
    const pixels = (from: HTMLCanvasElement) => from.getContext('2d')!.getImageData(0, 0, from.width, from.height).data
    const data = pixels(canvas)
    const pen = document.createElement('canvas')
    pen.width = 1
    pen.height = 1
    return wanted.map((colour) => {
      const context = pen.getContext('2d')!
      context.fillStyle = colour
      context.fillRect(0, 0, 1, 1)
      const own = pixels(pen)
      let count = 0
      for (let i = 0; i < data.length; i += 4)
        if (data[i + 3]! > 200 && [0, 1, 2].every((part) => Math.abs(data[i + part]! - own[part]!) < 12)) count++
      return count
    })
  }, colours)
