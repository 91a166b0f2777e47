/** What a stranger does with the .deb: install, start with the sandbox on, train, use the command, remove. */
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  BINARY,
  buildDeb,
  confinement,
  DATA,
  giveToUser,
  gpoAsUser,
  type Installation,
  install,
  makeUser,
  PROFILE,
  PROGRAM,
  type Running,
  removeUser,
  startAsUser,
  whyNotInstalled,
} from './support/installation'
import { stopRun } from './support/start'

const PARQUET = resolve(import.meta.dirname, '../unit/library/cases/decimals.parquet')

const reason = whyNotInstalled()

// Each test goes on where the one before ended: none is tried again alone.
const name = `the installed program${reason === null ? '' : `, skipped: ${reason}`}`
describe.skipIf(reason !== null)(name, { retry: 0 }, () => {
  let installation: Installation
  let running: Running | null = null
  let printed = ''

  beforeAll(() => {
    makeUser()
    const built = buildDeb()
    printed = built.printed
    installation = install(built.file)
  }, 300_000)

  afterAll(() => {
    running?.kill()
    installation?.clear()
    removeUser()
  })

  it('is within its budget, and says what takes the space', () => {
    console.log(printed.slice(printed.search(/^ +[\d.]+ MB/m)))
    expect(printed).toMatch(/[\d.]+ MB {2}installed; the budget is 350 MB/)
    expect(printed).toMatch(/[1-9][\d.]* MB {2}ONNX Runtime/)
  })

  it('has no part for other systems, and none that only developers need', () => {
    const unpacked = readdirSync(join(PROGRAM, 'resources/app.asar.unpacked'), { recursive: true, encoding: 'utf8' })
    const libraries = unpacked.filter((name) => /\.(node|dll|dylib)$|\.so/.test(name))
    expect(libraries.filter((name) => /win32|darwin|arm64|musl/.test(name))).toEqual([])
    expect(libraries.filter((name) => /onnxruntime_binding|libonnxruntime/.test(name))).toHaveLength(2)
    expect(unpacked.filter((name) => /\.(map|ts|md)$/.test(name))).toEqual([])
    expect(readdirSync(join(PROGRAM, 'locales')).every((name) => name.startsWith('en'))).toBe(true)
  })

  it('lets nobody borrow it: the fuses as they are in its binary', async () => {
    const { version: _, ...wire } = await getCurrentFuseWire(BINARY)
    const { ENABLE, DISABLE } = FuseState
    expect(wire).toMatchObject({
      [FuseV1Options.RunAsNode]: DISABLE,
      [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: DISABLE,
      [FuseV1Options.EnableNodeCliInspectArguments]: DISABLE,
      [FuseV1Options.EnableCookieEncryption]: ENABLE,
      [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: ENABLE,
      [FuseV1Options.OnlyLoadAppFromAsar]: ENABLE,
      [FuseV1Options.GrantFileProtocolExtraPrivileges]: DISABLE,
    })
  })

  it('has the helper of the sandbox as Chromium wants it, and its profile where AppArmor is', () => {
    const { mode, uid } = lstatSync(join(PROGRAM, 'chrome-sandbox'))
    expect((mode & 0o7777).toString(8)).toBe('4755')
    expect(uid).toBe(0)
    const asked = installation.askedOfAppArmor()
    if (asked === null) return // the machine's own AppArmor may be too old for the profile
    expect(readFileSync(PROFILE, 'utf8')).toContain(`profile "gpo-studio" "${BINARY}" flags=(unconfined) {\n  userns,`)
    expect(asked.at(-1)).toContain(`--replace --write-cache --skip-read-cache ${PROFILE}`)
  })

  it('trains the example for an ordinary user, with the sandbox on', async () => {
    running = await startAsUser()
    const { page, pid } = running
    await page.getByRole('button', { name: /Train the example/ }).click()
    const bar = page.getByRole('button', { name: /^Open gpo-ppo/ })
    await expect.poll(() => bar.innerText(), { timeout: 420_000, interval: 250 }).toMatch(/iteration [1-9]\/30/)
    const { all, pages } = confinement(pid)
    expect(pages.length).toBeGreaterThan(0)
    for (const { seccomp, depth } of pages) {
      expect(seccomp).toBe(2)
      expect(depth).toBeGreaterThan(1)
    }
    expect(all.filter(({ command }) => command.includes('--no-sandbox'))).toEqual([])
    await stopRun(page)
    await page.getByText(/The checkpoint of iteration \d+ is kept/).waitFor({ timeout: 240_000 })
    expect(await running.close()).toBe(0)
    running = null
  }, 700_000)

  it('has a command that works without a display, reads Parquet, and knows what the window has trained', () => {
    const listed = gpoAsUser('runs', '--json')
    expect(listed.stderr).toBe('')
    expect(JSON.parse(listed.stdout.trim())).toMatchObject({ status: 'stopped' })
    expect(listed.status).toBe(0)
    expect(gpoAsUser('data', giveToUser(PARQUET, 'rows.parquet')).stdout).toContain('3 rows, 3 usable')
    const bundle = join(DATA, 'run.gpo')
    expect(gpoAsUser('export', 'last', '--format', 'bundle', '--out', bundle).status).toBe(0)
    const imported = gpoAsUser('import', bundle)
    expect(imported.stderr).toBe('')
    expect(imported.stdout).toContain('read-only')
    const scored = gpoAsUser(
      'eval',
      '--model',
      'bundled:tiny',
      '--data',
      'bundled:chain-arithmetic/test',
      '--limit',
      '2',
    )
    expect(scored.status, scored.stderr).toBe(0)
    const unknown = gpoAsUser('show', 'nothing')
    expect(unknown.stderr).toContain('there is no run "nothing"')
    expect(unknown.status).toBe(8)
  }, 200_000)

  it('says what it ships with, and is gone when it is removed, but for what the user has made', () => {
    const bill = JSON.parse(readFileSync(join(PROGRAM, 'resources/sbom.cdx.json'), 'utf8'))
    expect(bill.components.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['Electron', 'Chromium', 'Node.js', 'onnxruntime-node', 'react']),
    )
    expect(readFileSync(join(PROGRAM, 'resources/licences.txt'), 'utf8')).toContain('Permission is hereby granted')
    installation.remove()
    for (const path of [PROGRAM, '/usr/bin/gpo', '/usr/bin/gpo-studio', PROFILE])
      expect(existsSync(path), path).toBe(false)
    expect(existsSync(join(DATA, 'runs.db'))).toBe(true)
    const [run] = readdirSync(join(DATA, 'runs'))
    expect(readdirSync(join(DATA, 'runs', run ?? '')).length).toBeGreaterThan(0)
  })
})
