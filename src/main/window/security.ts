/** The rules of Electron's security checklist that apply to every page: no navigation, no new windows, no permissions, no webviews. */
import type { Pages } from '@main/host/pages'
import { app, session } from 'electron'
import { isOwnAddress, ORIGIN } from './origin'

/**
 * Call this before the first window.
 * @param alsoReached origins that pages may reach besides their own
 */
export function guardContents({ alsoReached }: Pick<Pages, 'alsoReached'>): void {
  const reachable = [ORIGIN, ...alsoReached]
  if (!app.isReady()) app.enableSandbox() // this must come before the first window; every window also asks for it
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault())
    contents.on('will-redirect', (event) => event.preventDefault())
    contents.on('will-frame-navigate', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  })
  void app.whenReady().then(() => {
    const mayHave = (permission: string, address: string) =>
      permission === 'clipboard-sanitized-write' && isOwnAddress(address)
    session.defaultSession.setPermissionRequestHandler((_contents, permission, allow, { requestingUrl }) =>
      allow(mayHave(permission, requestingUrl)),
    )
    session.defaultSession.setPermissionCheckHandler((_contents, permission, origin) => mayHave(permission, origin))
    // The pages need no network, so every request is refused.
    session.defaultSession.webRequest.onBeforeRequest((details, callback) => {
      const { origin, protocol } = new URL(details.url)
      callback({ cancel: !reachable.includes(origin) && !['data:', 'blob:', 'devtools:'].includes(protocol) })
    })
  })
}
