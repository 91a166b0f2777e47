/** What comes over the WebSocket, looked at before the transport reads it: text that is no call is answered, not thrown about. */

import type { WebSocket } from 'ws'
import { z } from 'zod'

/** The transport reads a path as one of its own addresses. */
const isAddress = (address: string): boolean => URL.canParse(address.startsWith('/') ? `orpc:${address}` : address)

/** The transport's envelope: number, kind, and the call with its address, method and headers. What is in the call the contract checks. */
const callSchema = z.looseObject({
  i: z.string(),
  t: z.number().optional(),
  p: z
    .looseObject({
      u: z.string().refine(isAddress).optional(),
      m: z.string().optional(),
      h: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
    })
    .optional(),
})

const WRONG = { defined: false, code: 'BAD_REQUEST', status: 400, message: 'This message is not a call of GPO Studio.' }

/** @returns null for a call; else the answer, which needs the number of the call */
function refusalOf(text: string): string | null {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {}
  if (callSchema.safeParse(parsed).success) return null
  const { i } = (parsed ?? {}) as { readonly i?: unknown }
  return JSON.stringify({ i: typeof i === 'string' ? i.slice(0, 100) : '', p: { s: 400, b: { json: WRONG } } })
}

type Listener = (event: { readonly data: unknown }) => void

/** The socket as the transport sees it: without text that is no call. */
export function onlyCalls(socket: WebSocket): WebSocket {
  const addEventListener = (type: string, listener: Listener): void => {
    socket.addEventListener(type as 'message', (event) => {
      const refusal = type === 'message' && typeof event.data === 'string' ? refusalOf(event.data) : null
      if (refusal === null) listener(event)
      else socket.send(refusal)
    })
  }
  return { send: socket.send.bind(socket), addEventListener } as unknown as WebSocket // the transport uses no more of it
}
