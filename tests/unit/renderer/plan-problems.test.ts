import { eachOnce, parseDraft, stillTrue } from '@renderer/features/new-run/plan-problems'
import { draftOf } from '@shared/plan/draft'
import { issue } from '@shared/plan/issue'
import { PRESETS } from '@shared/plan/presets'
import { expect, test } from 'vitest'

const draft = draftOf(PRESETS[0]!.plan)
const planOf = (changes: object) => parseDraft({ ...draft, ...changes }).plan!

test('a problem that two checks find is listed once, errors first', () => {
  const note = issue('hint', 'optimiser.learningRate', 'High.')
  const error = issue('error', 'model.path', 'Gone.')
  expect(eachOnce([note, error, { ...note }, { ...error }])).toEqual([error, note])
  expect(eachOnce([error, { ...error, path: 'data.train.path' }])).toHaveLength(2)
})

test('what an earlier check found in a setting leaves when that setting changes, and only then', () => {
  const [before, after] = [planOf({ 'rollout.maxNewTokens': 4000 }), planOf({ 'rollout.maxNewTokens': 64 })]
  const found = [issue('error', 'rollout.maxNewTokens', 'Too long.'), issue('error', 'model.path', 'Gone.')]
  expect(stillTrue(found, before, after)).toEqual([found[1]])
  expect(stillTrue(found, before, planOf({ 'rollout.maxNewTokens': 4000 }))).toEqual(found)
})

test.each([
  ['abc', 1],
  [-3, 1],
  [64, 0],
])('a field with %s has %i error, and none is left after a good number', (value, errors) => {
  const at = (issues: ReturnType<typeof parseDraft>['issues']) =>
    issues.filter(({ path, severity }) => path === 'rollout.maxNewTokens' && severity === 'error')
  expect(at(parseDraft({ ...draft, 'rollout.maxNewTokens': value }).issues)).toHaveLength(errors)
  expect(at(parseDraft(draft).issues)).toEqual([])
})
