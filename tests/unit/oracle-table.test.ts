import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { FAMILIES } from '@main/formats/families/families'
import { describe, expect, it } from 'vitest'
import { families, measured, withOracleTables } from '../../scripts/oracle-table'
import { ORACLE_COLUMNS } from '../support/oracle-values'

const document = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/parity.md'), 'utf8')

describe('the tables of docs/parity.md', () => {
  it('are current: npm run oracle-table', () => {
    expect(withOracleTables(document)).toBe(document)
  })

  it('have a row for every family that is supported', () => {
    expect([...families().keys()].sort()).toEqual(Object.keys(FAMILIES).sort())
  })

  it.each([...families()])('have every number of %s, within what the tests allow', (_, names) => {
    for (const column of ORACLE_COLUMNS.filter((one) => one !== 'greedy')) {
      const value = measured(column, names)
      expect(value, column).toBeGreaterThan(0)
      expect(value, column).toBeLessThan(1e-3)
    }
    expect(measured('greedy', names)).toBeGreaterThan(0)
  })
})
