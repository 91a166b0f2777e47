/** Tokens in the system's keychain: encrypted by Electron, kept beside the window's state. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Secrets } from '@main/api/services'
import { writeAtomically } from '@main/formats/atomic'
import { GpoError } from '@shared/errors'
import { app, safeStorage } from 'electron'

const fileOf = (name: string) => join(app.getPath('userData'), `${name}.secret`)

export const keychain: Secrets = {
  read(name) {
    if (!existsSync(fileOf(name)) || !safeStorage.isEncryptionAvailable()) return null
    try {
      return safeStorage.decryptString(readFileSync(fileOf(name)))
    } catch {
      return null // encrypted by another user or keychain, so unusable
    }
  },
  write(name, value) {
    if (value === '') return rmSync(fileOf(name), { force: true })
    if (!safeStorage.isEncryptionAvailable())
      throw new GpoError('usage', 'The system has no keychain for the token: set HF_TOKEN instead.')
    mkdirSync(dirname(fileOf(name)), { recursive: true })
    writeAtomically(fileOf(name), [safeStorage.encryptString(value)])
  },
}
