import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { report, sizes } from '../../../scripts/package/size.ts'

const output = mkdtempSync(join(tmpdir(), 'gpo-size-'))
const program = join(output, 'linux-unpacked')
afterEach(() => rmSync(program, { recursive: true, force: true }))

/** A file without content takes no space while the test runs. */
function put(path: string, bytes: number): void {
  mkdirSync(join(program, path, '..'), { recursive: true })
  writeFileSync(join(program, path), '')
  truncateSync(join(program, path), bytes)
}

it('says what takes the space, the largest first; the rest is Electron’s', () => {
  put('gpo-studio', 200e6)
  put('resources/app.asar', 20e6)
  put('resources/app.asar.unpacked/node_modules/onnxruntime-node/bin/library.so', 40e6)
  const { rows, total } = sizes(program)
  expect(total).toBe(260e6)
  expect(rows.slice(0, 3)).toEqual([
    { name: 'Electron', bytes: 200e6 },
    { name: 'ONNX Runtime', bytes: 40e6 },
    { name: 'our program, archived', bytes: 20e6 },
  ])
})

it('fails over the budget, not at it', () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  put('gpo-studio', 350e6)
  expect(report(output)).toBe(0)
  put('gpo-studio', 350e6 + 1)
  expect(report(output)).toBe(1)
  expect(said.mock.calls.join()).toContain('over its budget of 350 MB')
})
