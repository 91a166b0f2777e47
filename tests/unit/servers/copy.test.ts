/** The command that copies an adapter is split into words and run without a shell. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { copyFolder } from '@main/engines/copy'
import { EngineError } from '@main/engines/engine'
import { copyProblems, copyWords } from '@shared/engines/copy-command'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

describe('the words of a command', () => {
  it.each([
    ['rsync -a {from}/ gpu1:{to}/', ['rsync', '-a', '/a b/', 'gpu1:/t/']],
    [`scp -r -o "ProxyJump me@gate" {from} 'gpu 1:{to}'`, ['scp', '-r', '-o', 'ProxyJump me@gate', '/a b', 'gpu 1:/t']],
    ['cp {from}/x"y z" {to}$HOME;rm', ['cp', '/a b/xy z', '/t$HOME;rm']],
  ])('%s', (command, words) => expect(copyWords(command, '/a b', '/t')).toEqual(words))

  it('a folder whose name looks like a place is not replaced again', () => {
    expect(copyWords('cp {from} {to}', '/$&{to}', '/t')).toEqual(['cp', '/$&{to}', '/t'])
  })
})

describe('what is wrong with a command', () => {
  const folder = '/tmp/gpo'
  it.each([
    [{ command: 'rsync {from} x', folder }, /no \{to\}/],
    [{ command: 'rsync x {to}', folder }, /no \{from\}/],
    [{ command: 'rsync "{from} {to}', folder }, /quote/],
    [{ command: 'rsync {from} {to}', folder: 'gpo' }, /whole path/],
    [{ command: 'rsync {from} {to}', folder: '~/gpo' }, /whole path/],
  ])('%j', (copy, problem) => expect(Object.values(copyProblems(copy)).join()).toMatch(problem))

  it('is nothing', () => {
    expect(copyProblems({ command: 'rsync {from} {to}', folder })).toEqual({ command: null, folder: null })
  })
})

describe('copying', () => {
  let home = ''
  const signal = () => AbortSignal.timeout(10_000)
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'gpo-copy-'))
    mkdirSync(join(home, 'from'))
    writeFileSync(join(home, 'from', 'adapter'), 'weights')
  })
  afterEach(() => rmSync(home, { recursive: true }))

  it('brings the folder there, and no shell reads the command', async () => {
    await copyFolder('cp -r {from} {to}', join(home, 'from'), join(home, 'to;touch hit'), signal())
    expect(readFileSync(join(home, 'to;touch hit', 'adapter'), 'utf8')).toBe('weights')
    expect(existsSync('hit')).toBe(false)
  })

  it.each([
    ['cp {from}/none {to}', /could not be copied with "cp .*none.*No such file/],
    ['no-such-program {from} {to}', /no-such-program.*ENOENT/],
  ])('says what failed: %s', async (command, message) => {
    const copying = copyFolder(command, join(home, 'from'), join(home, 'to'), signal())
    await expect(copying).rejects.toThrow(message)
    await expect(copying).rejects.toBeInstanceOf(EngineError)
  })

  it('ends with its time', async () => {
    const copying = copyFolder('sleep 30 {from} {to}', '1', '1', AbortSignal.timeout(50))
    await expect(copying).rejects.toThrow(/took too long/)
  })
})
