import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { assignSlots, colourOfSlot } from '@renderer/charts/run-colours'
import { describe, expect, it } from 'vitest'

const css = readFileSync(resolve(import.meta.dirname, '../../../src/renderer/src/app/style.css'), 'utf8')
const [light = '', dark = ''] = css.split('[data-mantine-color-scheme="dark"]')
const themes = [
  ['light', light, '--surface'],
  ['dark', dark.slice(0, dark.indexOf('}')), '--surface'],
] as const

type Triple = readonly [number, number, number]
const variable = (text: string, name: string) => new RegExp(`${name}: #([0-9a-f]{6});`).exec(text)?.[1] ?? 'missing'
const linear = (hex: string): Triple => {
  const part = (i: number) => {
    const value = Number.parseInt(hex.slice(i, i + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [part(0), part(2), part(4)]
}
const luminance = ([r, g, b]: Triple) => 0.2126 * r + 0.7152 * g + 0.0722 * b
const contrast = (a: Triple, b: Triple) => {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

/** How colours look without one kind of cones: Machado, Oliveira and Fernandes 2009, severity 1. */
const VISION: Readonly<Record<string, readonly Triple[]>> = {
  everyone: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}
const seen = (matrix: readonly Triple[], [r, g, b]: Triple): Triple => {
  const [x = 0, y = 0, z = 0] = matrix.map((row) => Math.min(1, Math.max(0, row[0] * r + row[1] * g + row[2] * b)))
  return [x, y, z]
}
/** Ottosson's OKLab, in which distances are about as far as they look. */
const oklab = ([r, g, b]: Triple): Triple => {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}
const distance = (a: Triple, b: Triple) => 100 * Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])

describe.each(themes)('the colours of runs, %s', (_, text, surface) => {
  const colours = Array.from({ length: 8 }, (_colour, i) => linear(variable(text, `--run-${i + 1}`)))

  it('stand out from the page', () => {
    for (const colour of colours) expect(contrast(colour, linear(variable(text, surface)))).toBeGreaterThanOrEqual(3)
  })

  it.each(Object.entries(VISION))('can be told apart: %s', (_vision, matrix) => {
    const all = [...colours, linear(variable(text, '--critical'))].map((colour) => oklab(seen(matrix, colour)))
    const pairs = all.flatMap((a, i) => all.slice(0, i).map((b) => distance(a, b)))
    expect(Math.min(...pairs)).toBeGreaterThan(4)
    const runs = all.slice(0, 8).flatMap((a, i) => all.slice(0, i).map((b) => distance(a, b)))
    expect(Math.min(...runs)).toBeGreaterThan(7)
  })
})

describe('places', () => {
  it('are whole lines first, then dashes', () => {
    expect(colourOfSlot(0)).toEqual({ variable: '--run-1', dash: [] })
    expect(colourOfSlot(7).dash).toEqual([])
    expect(colourOfSlot(8)).toMatchObject({ variable: '--run-1' })
    expect(colourOfSlot(8).dash).not.toEqual([])
    expect(colourOfSlot(8).dash).not.toEqual(colourOfSlot(16).dash)
  })

  it('are kept when a run is added or taken away', () => {
    const first = assignSlots(['a', 'b', 'c'], new Map())
    expect([...first]).toEqual([['a', 0], ['b', 1], ['c', 2]]) // biome-ignore format: one line reads better
    expect([...assignSlots(['a', 'c'], first)]).toEqual([['a', 0], ['c', 2]]) // biome-ignore format: one line reads better
    expect([...assignSlots(['a', 'c', 'd'], first)]).toEqual([['a', 0], ['c', 2], ['d', 1]]) // biome-ignore format: one line reads better
  })

  it('are changed where two runs that met before would share one', () => {
    const known = new Map([['a', 0], ['b', 0]]) // biome-ignore format: one line reads better
    expect([...assignSlots(['b', 'a'], known)]).toEqual([['b', 0], ['a', 1]]) // biome-ignore format: one line reads better
  })
})
