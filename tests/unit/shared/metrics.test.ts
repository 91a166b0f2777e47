import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  chartOf,
  chartWords,
  isMetricName,
  METRIC_GROUPS,
  METRIC_NAMES,
  METRICS,
  type MetricName,
  metricTitle,
} from '@shared/metrics'
import { PHASES } from '@shared/schemas/events'
import { describe, expect, it } from 'vitest'

const ENGINE = 'src/main/engine'
const sources = readdirSync(ENGINE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join(ENGINE, file), 'utf8'))

/** Keys of metrics as the engine writes them: 'gpo/overhead': … */
const written = sources.flatMap((text) => [...text.matchAll(/'([a-z_]+\/[a-z_]+)':/g)].map(([, name]) => name!))

describe('metrics', () => {
  it('are all that the engine writes', () => {
    expect(written.length).toBeGreaterThan(25)
    expect(written.filter((name) => !isMetricName(name))).toEqual([])
  })

  it('have a time for every phase', () => {
    for (const phase of PHASES) expect(isMetricName(`time/${phase}`), phase).toBe(true)
  })

  it('have a group, words, and a title that no other has', () => {
    for (const name of METRIC_NAMES) {
      const { group, title, hint } = chartWords(name)
      expect(Object.keys(METRIC_GROUPS)).toContain(group)
      expect(
        [title, hint, METRICS[name].label].every((text) => text.length > 1),
        name,
      ).toBe(true)
    }
    expect(new Set(METRIC_NAMES.map(metricTitle)).size).toBe(METRIC_NAMES.length)
  })

  it('that share a chart share its unit, but for spreads beside shares', () => {
    for (const name of METRIC_NAMES) {
      const units = new Set(
        METRIC_NAMES.filter((other) => chartOf(other) === chartOf(name)).map((other) => METRICS[other].unit),
      )
      if (chartOf(name) !== 'spread') expect(units.size, name).toBe(1)
    }
  })

  it('cannot be misspelt where they are named', () => {
    // @ts-expect-error there is no such metric
    const name: MetricName = 'gpo/overhaed'
    expect(isMetricName(name)).toBe(false)
  })

  it('have a possible range', () => {
    for (const name of METRIC_NAMES) {
      const { range, unit } = METRICS[name]
      if (range) expect(range[0], name).toBeLessThan(range[1])
      if (range && unit === 'share') expect(range, name).toEqual([0, 1])
    }
  })

  it('are called as on the run page; an unknown one keeps its name', () => {
    expect(metricTitle('reward')).toBe('Reward: from the prompt')
    expect(metricTitle('loss')).toBe('Loss')
    expect(metricTitle('entropy')).toBe('Entropy')
    expect(metricTitle('from/elsewhere')).toBe('from/elsewhere')
  })
})
