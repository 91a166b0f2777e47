import { firstDifference, generationOf, INITIAL_SETTINGS, initialSides } from '@renderer/features/playground/choices'
import { keyOf } from '@renderer/lib/reference-options'
import type { ModelReference, PlaygroundModel } from '@shared/contract/playground'
import { describe, expect, it } from 'vitest'

const model = (reference: ModelReference, path: string, base: string | null = null): PlaygroundModel => ({
  reference,
  label: path,
  group: '',
  path,
  base,
  hasChatTemplate: false,
  problem: null,
})

const tiny = model({ kind: 'bundled', name: 'tiny' }, '/models/tiny')
const other = model({ kind: 'library', id: 'abc' }, '/models/other')
const newer = model({ kind: 'run', id: 'new', checkpoint: 20 }, '/runs/new/20', '/models/tiny')
const older = model({ kind: 'run', id: 'old', checkpoint: 4 }, '/runs/old/4', '/models/other')
const models = [tiny, other, newer, older]
const sides = (left: PlaygroundModel | null, right: PlaygroundModel | null) => ({
  left: left && keyOf(left.reference),
  right: right && keyOf(right.reference),
})

describe('the two sides', () => {
  it('begin with the newest run and the model it began with', () => {
    expect(initialSides(models, null)).toEqual(sides(tiny, newer))
  })

  it.each([
    ['a run', 'old', sides(other, older)],
    ['a run as other pages write it', 'run:old', sides(other, older)],
    ['a path', '/models/other', sides(other, tiny)],
    ['something unknown', '/nowhere', sides(tiny, newer)],
  ])('begin with what the address names: %s', (_, wanted, expected) => {
    expect(initialSides(models, wanted)).toEqual(expected)
  })

  it('may be one, or none', () => {
    expect(initialSides([tiny], null)).toEqual(sides(tiny, null))
    expect(initialSides([], null)).toEqual(sides(null, null))
    expect(initialSides([{ ...tiny, problem: 'gone' }], null)).toEqual(sides(null, null))
  })
})

describe('a generation', () => {
  const picked = {
    row: 1,
    source: 's',
    prompt: '1+1=',
    reference: '2',
    verifier: { kind: 'number', tolerance: 0 },
  } as const

  it('is judged while the prompt is that of the row', () => {
    expect(generationOf('1+1=', INITIAL_SETTINGS, picked).judge).toEqual({ verifier: picked.verifier, reference: '2' })
    expect(generationOf('1+2=', INITIAL_SETTINGS, picked).judge).toBeNull()
    expect(generationOf('1+1=', INITIAL_SETTINGS, { ...picked, reference: '' }).judge).toBeNull()
    expect(generationOf('1+1=', INITIAL_SETTINGS, null).judge).toBeNull()
  })
})

describe('two answers', () => {
  it('part at the first token that differs', () => {
    const ids = (...list: number[]) => list.map((id) => ({ id }))
    expect(firstDifference(ids(1, 2, 3), ids(1, 5, 3))).toBe(1)
    expect(firstDifference(ids(1, 2), ids(1, 2, 3))).toBeNull()
    expect(firstDifference([], ids(1))).toBeNull()
  })
})
