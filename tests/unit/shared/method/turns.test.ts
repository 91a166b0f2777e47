import { turnsInWords, turnsOf } from '@shared/method/turns'
import { expect, test } from 'vitest'

test('the step that helped most and the one that hurt most; unvisited states say nothing', () => {
  expect(turnsOf([0.1, null, 0.5, -0.25, -0.75])).toEqual({ helped: 2, hurt: 4 })
  expect(turnsOf([0, null, 0])).toEqual({ helped: null, hurt: null })
  expect(turnsOf([-0.5])).toEqual({ helped: null, hurt: 0 })
})

test('a sentence says where new rollouts began, why, and where the outcome turned', () => {
  expect(turnsInWords('undecided', 1, [0.1, 0.5, -0.75])).toBe(
    'New rollouts began before step 2, because from there right and wrong answers are most alike in number. Step 2 helped most (+0.50), step 3 hurt most (−0.75).',
  )
  expect(turnsInWords('max', 0, [-0.5])).toBe(
    'New rollouts began before step 1, because that step gained most. Step 1 hurt most (−0.50).',
  )
  expect(turnsInWords(null, null, [0, 0])).toBe('No step changed the value.')
  expect(turnsInWords(null, null, [null, 0.25])).toBe('Of the steps measured, step 2 helped most (+0.25).')
  expect(turnsInWords(null, null, [null, null])).toBe(
    'What single steps changed was not measured: the search visited no two states in a row.',
  )
})
