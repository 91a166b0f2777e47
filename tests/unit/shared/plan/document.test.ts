import { readFileSync } from 'node:fs'
import { PLAN_LEAVES } from '@shared/plan/leaves'
import { describe, expect, it } from 'vitest'
import { planDocument } from '../../../../scripts/plan-doc'

describe('docs/plan.md', () => {
  it('is current: npm run plan-doc', () => {
    expect(readFileSync('docs/plan.md', 'utf8')).toBe(planDocument())
  })

  it('has a row for every setting', () => {
    const rows = planDocument().matchAll(/^\| `([^`]+)`(?: \((\w+)\))? \|/gm)
    const ids = [...rows].map(([, path, kind]) => (kind === undefined ? path : `${path}@${kind}`))
    expect(ids.toSorted()).toEqual(PLAN_LEAVES.map(({ id }) => id).toSorted())
  })
})
