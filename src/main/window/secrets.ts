/** Tokens and keys in the system's keychain: encrypted by Electron, kept beside the window's state. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Secrets } from '@main/api/services'
import { writeAtomically } from '@main/formats/atomic'
import { GpoError } from '@shared/errors'
import { app, safeStorage } from 'electron'

const fileOf = (name: string) => join(app.getPath('userData'), `${name}.secret`)

/**
 * Linux without a keyring: Electron would encrypt with a key that is in its own source code.
 * @throws GpoError('usage') then, and where there is no keychain at all
 */
function requireKeychain(instead: string): void {
  const isPlain = process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text'
  if (safeStorage.isEncryptionAvailable() && !isPlain) return
  const what = isPlain
    ? 'The system has no keyring, so it would be kept as good as in plain text'
    : 'The system has no keychain for it'
  throw new GpoError(
    'usage',
    `${what}: set ${instead} instead${isPlain ? ', or install gnome-keyring or KWallet' : ''}.`,
  )
}

export const keychain: Secrets = {
  read(name) {
    if (!existsSync(fileOf(name)) || !safeStorage.isEncryptionAvailable()) return null
    try {
      return safeStorage.decryptString(readFileSync(fileOf(name)))
    } catch {
      return null // encrypted by another user or keychain, so unusable
    }
  },
  write(name, value, instead) {
    if (value === '') return rmSync(fileOf(name), { force: true })
    requireKeychain(instead)
    mkdirSync(dirname(fileOf(name)), { recursive: true })
    writeAtomically(fileOf(name), [safeStorage.encryptString(value)])
  },
}
