/**
 * Hands the page one message port to the API and tells it of dropped files and menu commands. Exposes nothing: the page talks to this script
 * by window messages only, and gets names for files, never paths it could have made up.
 */
import { ipcRenderer, webUtils } from 'electron'

const isOwn = (event: MessageEvent) => event.source === window && event.origin === window.location.origin

window.addEventListener('message', (event) => {
  if (!isOwn(event) || event.data !== 'gpo:connect') return
  const [port] = event.ports
  if (port) ipcRenderer.postMessage('gpo:connect', null, [port])
})

window.addEventListener('drop', (event) => {
  const files = [...(event.dataTransfer?.files ?? [])]
  if (files.length === 0) return
  event.preventDefault()
  const paths = files.map((file) => webUtils.getPathForFile(file)).filter((path) => path !== '')
  void ipcRenderer
    .invoke('gpo:dropped', paths)
    .then((chosen) => window.postMessage({ type: 'gpo:dropped', chosen }, window.location.origin))
})
window.addEventListener('dragover', (event) => event.preventDefault())

ipcRenderer.on('gpo:go', (_event, path: unknown) => {
  window.postMessage({ type: 'gpo:go', path }, window.location.origin)
})
