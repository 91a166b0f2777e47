/** Config files that leave keys out, as transformers reads them (tests/parity/configs.py; computed again with GPO_PYTHON, a Python that has it). */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type ModelConfig, readModelConfig } from '@main/formats/model-config'
import { expect, test } from 'vitest'
import { folderWith } from '../unit/text/tokenizer/fixtures'

interface Line {
  readonly architecture: string
  readonly changes: Readonly<Record<string, unknown>>
  /** Those that are not null. */
  readonly values: Readonly<Record<string, unknown>>
}

const parity = resolve(import.meta.dirname, '../parity')
const golden: { readonly sizes: object; readonly lines: readonly Line[] } = JSON.parse(
  readFileSync(join(parity, 'configs.golden.json'), 'utf8'),
)

/** Values that are null where a model does nothing of the kind; all others are there. */
const OPTIONAL = [
  ...['attentionScale', 'embeddingScale', 'residualScale', 'logitDivisor', 'attentionSoftcap', 'logitSoftcap'],
  ...['rotaryDim', 'window', 'slidingTheta', 'scaling', 'bosTokenId', 'padTokenId'],
]

/** A config in the form of the stored values. */
function shown(config: ModelConfig): Record<string, unknown> {
  const { ropeScaling, window, ...others } = config
  const { rope, ...layers } = window ?? {}
  return {
    ...others,
    ...(window ? { window: layers } : {}),
    ...(rope ? { slidingTheta: rope.theta } : {}),
    ...(ropeScaling ? { scaling: ropeScaling } : {}),
  }
}

test.each(golden.lines.map((line) => [line.architecture, JSON.stringify(line.changes).slice(-120), line] as const))(
  '%s …%s',
  (architecture, _end, { changes, values }) => {
    const config = { architectures: [architecture], ...golden.sizes, ...changes }
    const found = shown(readModelConfig(folderWith({ 'config.json': config })))
    // Of Gemma 3, also where no layer has a window.
    const { slidingTheta, scaling, ...rest } = values
    expect(found).toMatchObject(rest)
    if (found['window']) expect(found['slidingTheta']).toBe(slidingTheta)
    if (scaling) expect(found['scaling']).toMatchObject(withoutNull(scaling))
    for (const key of OPTIONAL) if (!(key in values)) expect(found[key] ?? null, key).toBeNull()
  },
)

const withoutNull = (value: object) => Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null))

const python = process.env['GPO_PYTHON']
test.skipIf(!python)('the installed library reads the same', () => {
  const found = execFileSync(python ?? '', [join(parity, 'configs.py'), '--check'], { encoding: 'utf8' })
  expect(found).toMatch(/agree/)
})
