/** Config files that leave keys out, as transformers reads them (tests/parity/configs.py; computed again with GPO_PYTHON, a Python that has it). */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type ModelConfig, readModelConfig } from '@main/formats/model-config'
import { expect, test } from 'vitest'
import { folderWith } from '../unit/text/tokenizer/fixtures'

interface Line {
  readonly config: Readonly<Record<string, unknown>> & { readonly architectures: readonly string[] }
  readonly values: Readonly<Record<string, unknown>> & {
    readonly scaling:
      | (Readonly<Record<string, unknown>> & { readonly kind: string; readonly originalMaxPositions: number | null })
      | null
    readonly window: { readonly size: number; readonly layers: readonly number[] } | null
    readonly slidingTheta: number | null
    readonly features: Readonly<Record<string, number | null>>
  }
}

const parity = resolve(import.meta.dirname, '../parity')
const golden = JSON.parse(readFileSync(join(parity, 'configs.golden.json'), 'utf8')) as Line[]

test.each(golden.map((line) => [line.config.architectures[0], JSON.stringify(line.config).slice(-120), line] as const))(
  '%s …%s',
  (_architecture, _end, { config, values: { scaling, window, slidingTheta, features, ...values } }) => {
    const found = readModelConfig(folderWith({ 'config.json': config }))
    expect(found).toMatchObject(values)
    const { rope, ...shown } = found.window ?? {}
    expect(found.window ? shown : null).toEqual(window)
    if (found.window) expect(rope?.theta ?? null).toBe(slidingTheta)
    for (const [key, value] of Object.entries(features))
      expect(found[key as keyof ModelConfig] ?? null, key).toBe(value)
    expect(found.ropeScaling?.kind ?? null).toBe(scaling?.kind ?? null)
    if (!scaling) return
    const { originalMaxPositions, ...rest } = scaling
    expect(found.ropeScaling).toMatchObject(scaling.kind === 'linear' ? rest : { ...rest, originalMaxPositions })
  },
)

const python = process.env['GPO_PYTHON']
test.skipIf(!python)('the installed library reads the same', () => {
  const found = execFileSync(python ?? '', [join(parity, 'configs.py'), '--check'], { encoding: 'utf8' })
  expect(found).toMatch(/agree/)
})
