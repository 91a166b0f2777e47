/** Once for all journeys: builds the program, looks for an Electron and a Chromium, and says what has to be skipped. */
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { builtProgram } from '../../support/build'
import '../../support/provided'
import { type Found, findChromium, findElectron, openDisplay } from './hosts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the built program. */
    readonly built: string
    readonly electron: Found
    readonly chromium: Found
    readonly display: string
  }
}

export default async function setup({ provide }: TestProject): Promise<() => void> {
  const display = await openDisplay()
  const electron = display
    ? findElectron()
    : { reason: 'there is no display: DISPLAY is not set and Xvfb was not found' }
  const chromium = findChromium()
  for (const [name, found] of Object.entries({ Electron: electron, Chromium: chromium }))
    console.log('path' in found ? `e2e: ${name} is ${found.path}` : `e2e: skipped in ${name}: ${found.reason}`)
  const built = 'path' in electron || 'path' in chromium ? builtProgram() : ''
  provide('built', built)
  provide('program', join(built, 'main/headless.cjs'))
  provide('electron', electron)
  provide('chromium', chromium)
  provide('display', display?.name ?? '')
  return () => display?.close()
}
