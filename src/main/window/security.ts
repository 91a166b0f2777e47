/** The rules of Electron's security checklist that apply to every page: no navigation, no new windows, no permissions, no webviews. */
import type { Pages } from '@main/host/pages'
import { app, session } from 'electron'
import { ORIGIN } from './protocol'

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
    session.defaultSession.setPermissionRequestHandler((_contents, permission, allow) =>
      allow(permission === 'clipboard-sanitized-write'),
    )
    session.defaultSession.setPermissionCheckHandler(
      (_contents, permission, origin) => permission === 'clipboard-sanitized-write' && origin.startsWith(ORIGIN),
    )
    // The pages need no network, so every request is refused.
    session.defaultSession.webRequest.onBeforeRequest((details, callback) => {
      const { origin, protocol } = new URL(details.url)
      callback({ cancel: !reachable.includes(origin) && !['data:', 'blob:', 'devtools:'].includes(protocol) })
    })
  })
}
