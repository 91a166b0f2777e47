import { fitting, type LengthRule } from '@main/trainer/session/lengths'
import { describe, expect, it } from 'vitest'

const ruleOf = (tooLong: LengthRule['tooLong'], kind: 'grpo' | 'sft' = 'grpo'): LengthRule => ({
  tooLong,
  maxNewTokens: kind === 'sft' ? null : 50,
})
const rows = [10, 60, 40, 51].map((prompt, row) => ({ row, prompt, added: 50 }))

describe('rows and the room of a model', () => {
  it('are all kept where they fit', () => {
    expect(fitting(rows, ruleOf('refuse'), 110, 'training')).toEqual({ kept: rows, note: null })
  })

  it('are left out and named where they do not', () => {
    const { kept, note } = fitting(rows, ruleOf('leaveOut'), 100, 'training')
    expect(kept.map(({ row }) => row)).toEqual([0, 2])
    expect(note).toBe(
      "2 rows of 4 for training left out because they are longer than the model's 100 positions: rows 2 (60 + 50 tokens), 4 (51 + 50 tokens)",
    )
  })

  it('are refused at once, with what would make them fit', () => {
    const refuse = () => fitting(rows, ruleOf('refuse'), 100, 'training')
    expect(refuse).toThrow(
      /2 rows of 4 .* rows 2 .*, 4 .*; set rollout\.maxNewTokens to 40 or less \(it is 50\), or remove/,
    )
  })

  it('are refused without a word on leaving them out where every row must fit', () => {
    expect(() => fitting(rows, ruleOf('mustFit'), 100, 'this')).toThrow(
      /set the limit of new tokens to 40 or less \(it is 50\), or remove the rows$/,
    )
  })

  it('are refused where none fits, and a number of new tokens is no cure for a prompt that fills the model', () => {
    expect(() => fitting(rows, ruleOf('leaveOut'), 55, 'evaluation')).toThrow(
      /4 rows of 4 for evaluation .*; remove the rows$/,
    )
    expect(() => fitting(rows, ruleOf('refuse', 'sft'), 100, 'training')).toThrow(
      /tokens\); remove the rows, or set data/,
    )
  })
})
