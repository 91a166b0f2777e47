import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { makeSftCorpus } from '../../../scripts/tasks/corpus'
import { CORPUS_FAMILIES } from '../../../scripts/tasks/family'

const SCRIPT = join(import.meta.dirname, '../../../scripts/make-tasks.ts')
const folder = mkdtempSync(join(tmpdir(), 'make-tasks-'))
const out = join(folder, 'sft.jsonl')
const run = (...options: string[]) => spawnSync(process.execPath, [SCRIPT, ...options], { encoding: 'utf8' })

afterAll(() => rmSync(folder, { recursive: true }))

describe('make-tasks on the command line', () => {
  it('writes the corpus of the options given', () => {
    expect(
      run('--sft', '30', '--seed', '5', '--noise', '0.3', '--mix', 'shuffled-objects=3', '--out', out).status,
    ).toBe(0)
    const all = (value: number) => Object.fromEntries(CORPUS_FAMILIES.map((family) => [family, value]))
    const noise = all(0.3)
    const mix = { ...all(1), 'shuffled-objects': 3 }
    const rows = makeSftCorpus({ rows: 30, seed: 5, noise, mix })
    expect(readFileSync(out, 'utf8')).toBe(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  })

  it.each([
    [['--sft', '3'], '--out FILE'],
    [['--sft', 'many', '--out', out], '--sft is "many"'],
    [['--sft', '3', '--out', out, '--noise', '2'], '--noise 2 is not a probability'],
    [['--sft', '3', '--out', out, '--noise', 'sums=0.1'], '--noise names "sums"'],
    [['--sft', '3', '--out', out, '--mix', '0'], '--mix leaves no family'],
  ])('refuses %j', (options, message) => {
    const { status, stderr } = run(...options)
    expect(status).not.toBe(0)
    expect(stderr).toContain(message)
  })
})
