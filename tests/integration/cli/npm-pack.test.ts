/** The command as npm installs it: packed, put into an empty prefix, and used from there. */
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { jsonLines, temporaryFolder } from '../../support/gpo'

const root = resolve(import.meta.dirname, '../../..')
const folder = temporaryFolder()
const prefix = join(folder, 'prefix')
const command = join(prefix, 'bin/gpo')

/** The files of the repository with the program that the tests have built. `prepack`, which builds it, is left out. */
function staged(): string {
  const stage = join(folder, 'stage')
  mkdirSync(stage)
  for (const name of ['package.json', 'LICENSE', 'README.md', 'CHANGELOG.md', 'resources', 'scripts'])
    cpSync(join(root, name), join(stage, name), { recursive: true })
  cpSync(dirname(dirname(inject('program'))), join(stage, 'out'), { recursive: true })
  mkdirSync(join(stage, 'src'))
  writeFileSync(join(stage, 'src/left-out.ts'), '')
  return stage
}

/** @returns the file */
function packed(): string {
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]
  return join(folder, execFileSync('npm', args, { cwd: staged(), encoding: 'utf8' }).trim())
}

/** Null where it was installed. */
function install(file: string): string | null {
  const args = [
    'install',
    '--global',
    '--ignore-scripts',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--prefix',
    prefix,
  ]
  const { status, stderr } = spawnSync('npm', [...args, file], { cwd: folder, encoding: 'utf8' })
  if (status === 0) return null
  if (/ENOTFOUND|EAI_AGAIN|ENETUNREACH|ETIMEDOUT/.test(stderr)) return 'the registry cannot be reached'
  throw new Error(stderr)
}

const run = (...args: string[]) =>
  new Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }>((done) => {
    const env = { ...process.env, GPO_STUDIO_HOME: join(folder, 'home') }
    execFile(command, args, { cwd: folder, env }, (error, stdout, stderr) =>
      done({ code: error?.code ?? 0, stdout, stderr }),
    )
  })

describe.skipIf(process.platform === 'win32')('what npm packs', { timeout: 600_000 }, () => {
  it('works from an empty prefix: gpo doctor, gpo demo', async ({ skip }) => {
    const reason = install(packed())
    if (reason !== null) skip(reason)
    const installed = join(prefix, 'lib/node_modules/gpo-studio')
    expect(existsSync(join(installed, 'src'))).toBe(false)
    expect(readdirSync(join(installed, 'scripts')).toSorted()).toEqual(['build.mjs', 'gpo.mjs'])
    const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))

    expect(await run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
    const doctor = await run('doctor', '--json')
    expect(doctor.code).toBe(0)
    const [findings] = jsonLines<{ readonly chosen: string }>(doctor)
    expect(findings?.chosen).toBe('onnx')

    const demo = await run('demo', '--set', 'budget.iterations=1')
    expect(demo.stderr).toContain('evaluation after iteration 1')
    expect(demo.stdout).toMatch(/Greedy accuracy on 300 held-out problems/)
    expect(demo.code).toBe(0)
  })
})
