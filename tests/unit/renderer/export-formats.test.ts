import { FORMATS, INITIAL, requestOf, suggestedName } from '@renderer/features/export/formats'
import type { ExportCheckpoint } from '@shared/contract/exports'
import { describe, expect, it } from 'vitest'

const checkpoint = (iteration: number): ExportCheckpoint => ({
  iteration,
  bytes: 1,
  evaluation: null,
  isLast: false,
  isBest: false,
})

describe('what a person chose', () => {
  it('is a request for every format, of the last checkpoint unless another is chosen', () => {
    const checkpoints = [checkpoint(10), checkpoint(20)]
    for (const { format } of FORMATS) expect(requestOf({ ...INITIAL, format }, checkpoints)?.format).toBe(format)
    expect(requestOf(INITIAL, checkpoints)).toMatchObject({ checkpoint: 20 })
    expect(requestOf({ ...INITIAL, checkpoint: 10 }, checkpoints)).toMatchObject({ checkpoint: 10 })
  })

  it('is none while there is no checkpoint to take weights from', () => {
    expect(requestOf(INITIAL, [])).toBeNull()
    expect(requestOf({ ...INITIAL, format: 'pairs' }, [])).not.toBeNull()
  })

  it('gets a name that is one everywhere', () => {
    expect(suggestedName('GPO-DPO · chain/arithmetic?', { format: 'bundle' })).toBe('gpo-dpo-chain-arithmetic.gpo')
    expect(suggestedName('日本', { format: 'stepwise' })).toBe('run-stepwise.jsonl')
    expect(suggestedName('a', { format: 'safetensors', checkpoint: 4, dtype: 'BF16' })).toBe('a-4-bf16')
  })
})
