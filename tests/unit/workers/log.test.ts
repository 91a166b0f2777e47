import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MAX_LOG_BYTES, olderLog, openLog, readLog } from '@main/workers/log'
import { expect, it, onTestFinished } from 'vitest'

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'gpo-log-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

it('makes its folder, and what is written can be read before the next write', () => {
  const file = join(folder(), 'runs/1/trainer.log')
  const log = openLog(file)
  log.write('one\n')
  expect(readLog(file)).toEqual({ text: 'one\n', isCut: false })
  log.write(new TextEncoder().encode('zwei ä\n'))
  openLog(file).write('three\n')
  expect(readLog(file)).toEqual({ text: 'one\nzwei ä\nthree\n', isCut: false })
})

it('keeps two files of bounded size, the newest lines whole and in order', () => {
  const file = join(folder(), 'trainer.log')
  const log = openLog(file)
  for (let i = 0; i < 400; i++) log.write(`${String(i).padStart(9_999, '.')}\n`)
  expect(statSync(file).size).toBeLessThanOrEqual(MAX_LOG_BYTES)
  expect(statSync(olderLog(file)).size).toBeLessThanOrEqual(MAX_LOG_BYTES)
  const numbers = readLog(file).text.trimEnd().split('\n').map((line) => Number(line.replace(/^\.+/, ''))) // biome-ignore format: one line reads better
  expect(numbers.at(-1)).toBe(399)
  expect(numbers).toEqual(numbers.map((_, i) => 399 - numbers.length + 1 + i))
  expect(numbers.length).toBeGreaterThanOrEqual(100)
})

it('reads only the end on request, from the beginning of a line on', () => {
  const file = join(folder(), 'trainer.log')
  writeFileSync(file, 'first\nsecond\nthird\n')
  expect(readLog(file, 10)).toEqual({ text: 'third\n', isCut: true })
})

it('is empty where there is none, and gives up where it cannot be written', () => {
  const inFile = join(folder(), 'taken')
  writeFileSync(inFile, '')
  const file = join(inFile, 'trainer.log')
  openLog(file).write('lost')
  expect(existsSync(file)).toBe(false)
  expect(readFileSync(inFile, 'utf8')).toBe('')
  expect(readLog(file)).toEqual({ text: '', isCut: false })
})
