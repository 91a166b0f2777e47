import { ticksTo } from '@renderer/charts/ticks'
import { explain } from '@renderer/features/datasets/explain'
import { splitHash } from '@renderer/lib/split-hash'
import { assignRole, fieldsOf, missingRole, roleOf } from '@shared/dataset-roles'
import { describe, expect, it } from 'vitest'

describe('parts of columns', () => {
  it('are played by one column each', () => {
    const first = assignRole({}, 'q', 'prompt')
    expect(assignRole(first, 'a', 'prompt')).toEqual({ prompt: 'a' })
    expect(assignRole(first, 'q', 'answer')).toEqual({ answer: 'q' })
    expect(assignRole({ prompt: 'q', answer: 'a' }, 'a', null)).toEqual({ prompt: 'q' })
    expect(roleOf({ prompt: 'q' }, 'q')).toBe('prompt')
    expect(roleOf({ prompt: 'q' }, 'a')).toBeNull()
  })

  it('may belong to columns with any name', () => {
    const roles = assignRole(assignRole({}, '__proto__', 'prompt'), '<img onerror=x>', 'answer')
    expect(roles).toEqual({ prompt: '__proto__', answer: '<img onerror=x>' })
    expect(roleOf(roles, '__proto__')).toBe('prompt')
    expect(roleOf({}, 'constructor')).toBeNull()
    expect(assignRole({ prompt: '' }, '', null)).toEqual({})
  })

  it('may be played by fields inside a column, and choices and context by several columns', () => {
    const roles = assignRole({ prompt: 'prompt' }, 'reward.truth', 'answer')
    expect(roleOf(roles, 'reward')).toBe('answer')
    expect(fieldsOf(roles, 'reward')).toEqual(['reward.truth'])
    expect(assignRole(roles, 'reward', null)).toEqual({ prompt: 'prompt' })
    const choices = assignRole(assignRole({ prompt: 'q' }, 'A', 'choices'), 'B', 'choices')
    expect(choices).toEqual({ prompt: 'q', choices: 'A,B' })
    expect([roleOf(choices, 'A'), roleOf(choices, 'B'), roleOf(choices, 'q.x')]).toEqual(['choices', 'choices', null])
    expect(assignRole(choices, 'A', null)).toEqual({ prompt: 'q', choices: 'B' })
  })

  it('that are missing are requested one by one', () => {
    expect(missingRole({})).toMatch(/prompt/)
    expect(missingRole({ prompt: 'q' })).toMatch(/reference answer/)
    expect(missingRole({ prompt: 'q', chosen: 'a' })).toMatch(/rejected/)
    expect(missingRole({ prompt: 'q', label: 'l' })).toMatch(/completion/)
    expect(missingRole({ prompt: 'q', choices: 'c' })).toMatch(/correct choice/)
    expect(missingRole({ prompt: 'q', answer: 'a' })).toBeNull()
  })
})

it('a verdict is explained', () => {
  const judged = { extracted: '4', reference: '5', problem: null }
  expect(explain({ ...judged, status: 'wrong' })).toBe('“4” was found, the reference is “5”.')
  expect(explain({ ...judged, status: 'unparseable' })).toBe('No answer was found.')
  expect(explain({ ...judged, status: 'unparseable', problem: 'the reference is bad' })).toBe('The reference is bad.')
})

it('ticks are round and reach the top', () => {
  expect(ticksTo(647, 4)).toEqual([0, 200, 400, 600, 800])
  expect(ticksTo(1, 4)).toEqual([0, 1])
})

it.each([
  ['', ['/', '']],
  ['#/', ['/', '']],
  ['#/new?model=bundled%3Atiny', ['/new', 'model=bundled%3Atiny']],
  ['#/models', ['/models', '']],
  ['#/a?b?c', ['/a', 'b?c']],
])('%j is split at the question mark', (hash, parts) => {
  expect(splitHash(hash)).toEqual(parts)
})
