/** Where critical steps lie in a run, in columns of iterations. */
import { criticalPositions, kindSteps } from '@main/store/positions'
import { insertTrajectories } from '@main/store/trajectories'
import { expect, it } from 'vitest'
import { newRun, open, trajectory } from './fixtures'

it('counts every critical step once, in runs of any length', () => {
  const store = open()
  for (const iterations of [1, 60, 61, 150, 1234]) {
    const run = newRun(store, `${iterations} iterations`)
    insertTrajectories(
      store,
      run,
      Array.from({ length: iterations }, (_, i) => trajectory(i + 1, 0)),
    )
    const { columns, points, total } = criticalPositions(store, run)
    expect(total).toBe(iterations)
    expect(columns.length).toBeLessThanOrEqual(60)
    expect(columns[0]!.iteration).toBe(1)
    expect(columns.flatMap(({ counts }) => counts).reduce((sum, count) => sum + count, 0)).toBe(iterations)
    expect(points.length).toBe(iterations)
    const steps = kindSteps(store, run)
    expect(steps.filter(({ isCritical }) => isCritical).length).toBeLessThanOrEqual(Math.min(iterations, 1000))
    expect(steps.length).toBe(2 * steps.filter(({ isCritical }) => isCritical).length)
  }
})

it('has nothing of a run without critical steps', () => {
  const store = open()
  const run = newRun(store)
  insertTrajectories(store, run, [trajectory(1, 0, { critical: null })])
  expect(criticalPositions(store, run)).toEqual({ columns: [], points: [], total: 0 })
  expect(kindSteps(store, run)).toEqual([])
})
