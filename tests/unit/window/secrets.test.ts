import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'gpo-secrets-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let [backend, isAvailable] = ['gnome_libsecret', true]

vi.mock('electron', () => ({
  app: { getPath: () => folder },
  safeStorage: {
    isEncryptionAvailable: () => isAvailable,
    getSelectedStorageBackend: () => backend,
    encryptString: (text: string) => Buffer.from([...text].reverse().join('')),
    decryptString: (bytes: Buffer) => [...bytes.toString()].reverse().join(''),
  },
}))

const { keychain } = await import('@main/window/secrets')

it.skipIf(process.platform !== 'linux')(
  'a token is not kept where Linux has no keyring, and the person is told what to do',
  () => {
    ;[backend, isAvailable] = ['basic_text', true]
    expect(() => keychain.write('hub', 'hf_secret', 'GPO_ENGINE_KEY')).toThrow(
      /as good as in plain text: set GPO_ENGINE_KEY instead, or install gnome-keyring/,
    )
    expect(existsSync(join(folder, 'hub.secret'))).toBe(false)
  },
)

it('a token is kept with a keyring, and refused without any', () => {
  ;[backend, isAvailable] = ['gnome_libsecret', true]
  keychain.write('hub', 'hf_secret', 'GPO_ENGINE_KEY')
  expect(keychain.read('hub')).toBe('hf_secret')
  isAvailable = false
  expect(() => keychain.write('hub', 'other', 'GPO_ENGINE_KEY')).toThrow(/no keychain for it: set GPO_ENGINE_KEY/)
  expect(keychain.read('hub')).toBeNull()
})
