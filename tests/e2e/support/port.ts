/** Speaks to the API without the program's client: over its own port, byte by byte. */
import type { ElectronApplication } from 'playwright-core'

/** A message as the program's client writes it. */
export const request = (id: number, procedure: string, input: unknown = {}): string =>
  JSON.stringify({ i: String(id), p: { u: procedure, b: { json: input } } })

interface Asking {
  readonly messages: readonly unknown[]
  /** How many answers to wait for. */
  readonly answers: number
  readonly milliseconds: number
}

/** Runs in a page. @returns the answers that came in time, as text; 'closed' where the port was closed instead */
export function askOverPort({ messages, answers, milliseconds }: Asking): Promise<string[]> {
  const { port1, port2 } = new MessageChannel()
  const came: string[] = []
  return new Promise((resolve) => {
    const end = () => {
      port1.close()
      resolve(came)
    }
    port1.onmessage = ({ data }) => {
      came.push(typeof data === 'string' ? data : new TextDecoder().decode(data))
      if (came.length >= answers) end()
    }
    window.parent.postMessage('gpo:connect', '*', [port2]) // the same page, in a frame
    for (const message of messages) port1.postMessage(message)
    setTimeout(end, milliseconds)
  })
}

/** Asks in a window that is not the program's, though it has its preload script. @returns the answers */
export async function askInForeignWindow(
  electron: ElectronApplication,
  { url, preload, asking }: { readonly url: string; readonly preload: string; readonly asking: Asking },
): Promise<string[]> {
  const code = `(${askOverPort.toString()})(${JSON.stringify(asking)})`
  return electron.evaluate(
    async ({ BrowserWindow }, { url, preload, code }) => {
      const webPreferences = { preload, sandbox: true, contextIsolation: true }
      const window = new BrowserWindow({ show: false, webPreferences })
      try {
        await window.loadURL(url)
        return await window.webContents.executeJavaScript(code)
      } finally {
        window.destroy()
      }
    },
    { url, preload, code },
  )
}
