/** Named pipes and devices in the place of files: every command refuses them at once, with a sentence. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { gpo, planOf, temporaryFolder, writePlan, writeRows } from '../../support/gpo'

const folder = temporaryFolder()
const pipe = (path: string): string => {
  spawnSync('mkfifo', [path])
  return path
}
const inFolder = (name: string, file: string): string => {
  mkdirSync(join(folder, name))
  pipe(join(folder, name, file))
  return join(folder, name)
}
const zeros = join(folder, 'zeros.jsonl')
const plan = (changes: object) =>
  writePlan(
    folder,
    { ...planOf(writeRows(folder), { objective: { kind: 'grpo' } }), ...changes },
    `${Math.random()}.json`,
  )

const COMMANDS: readonly (readonly [what: string, args: () => readonly string[]])[] = [
  ['a dataset', () => ['data', pipe(join(folder, 'rows-pipe.jsonl'))]],
  ['a Parquet file', () => ['data', pipe(join(folder, 'rows.parquet'))]],
  ['a dataset that is a device', () => ['data', zeros]],
  [
    'the training data of a plan',
    () => ['train', plan({ data: { train: { path: pipe(join(folder, 'train.csv')) } } })],
  ],
  ['a plan', () => ['train', pipe(join(folder, 'plan-pipe.json'))]],
  ['a bundle', () => ['import', pipe(join(folder, 'run.gpo'))]],
  ['a study file', () => ['study', pipe(join(folder, 'study.json'))]],
  ['a GGUF file', () => ['eval', '--model', pipe(join(folder, 'model.gguf')), '--data', 'bundled:chain-arithmetic']],
  ["a model's config", () => ['eval', '--model', inFolder('m', 'config.json'), '--data', 'bundled:chain-arithmetic']],
  ['a database', () => ['runs', '--db', pipe(join(folder, 'pipe.db'))]],
]

describe.skipIf(process.platform !== 'linux')('a named pipe or a device in the place of', () => {
  symlinkSync('/dev/zero', zeros)
  it.each(COMMANDS)('%s is refused', async (_, args) => {
    const { code, stderr } = await gpo(temporaryFolder(), ...args())
    expect(stderr).toMatch(
      /is (a named pipe|a device), not a file: choose a file|is neither a file nor a folder|is not a model|has no config.json|[Tt]here is no /,
    )
    expect(code).toBeGreaterThan(1)
  })

  it('the fixture model is a folder of files', () => expect(inject('model')).toBeTruthy())
})
