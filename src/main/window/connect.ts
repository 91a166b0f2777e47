/** Gives each of our own pages a message port to the API; other pages get none. */
import { toWireError } from '@main/api/base'
import { router } from '@main/api/router'
import type { Services } from '@main/api/services'
import { onError } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { guarded } from '@shared/guarded'
import { type IpcMainEvent, ipcMain, type WebFrameMain } from 'electron'
import { isOwnAddress } from './origin'
import type { Windows } from './windows'

/** The main frame of one of our windows, showing one of our pages. */
function isOwnFrame(frame: WebFrameMain | null, windows: Windows): boolean {
  const window = windows.current()
  return frame !== null && frame === window?.webContents.mainFrame && isOwnAddress(frame.url)
}

export function connectWindows(services: Services, windows: Windows, onBug: (error: unknown) => void): void {
  const handler = new RPCHandler(router, {
    // Around the procedure: what cannot even be read as its input is the caller's mistake, which the transport answers with 400.
    clientInterceptors: [
      onError((error) => {
        throw toWireError(error, onBug)
      }),
    ],
  })
  const connect = guarded(onBug, (event: IpcMainEvent) => {
    const [port] = event.ports
    if (!port) return
    if (!isOwnFrame(event.senderFrame, windows)) return port.close()
    handler.upgrade(port, { context: services })
    port.start()
  })
  ipcMain.on('gpo:connect', connect)
  /** Paths of files a person dropped on the window, from the preload script. */
  ipcMain.handle('gpo:dropped', (event, paths: unknown) => {
    if (!isOwnFrame(event.senderFrame, windows)) throw new Error('refused')
    if (!Array.isArray(paths) || paths.length > 100) throw new Error('refused')
    return paths.filter((path) => typeof path === 'string' && path !== '').map((path) => services.grants.give(path))
  })
}
