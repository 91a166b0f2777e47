/**
 * Whether there is a newer version: one GET of one file, when a person presses the button and has allowed it. Nothing about the person or the
 * machine is in it, and nothing is downloaded or installed.
 */
import type { NewestVersion } from '@shared/contract/system'
import { GpoError } from '@shared/errors'
import { shown } from '@shared/shown'
import { z } from 'zod'

/** Milliseconds. */
const TIMEOUT = 15_000
/** Bytes of the file: it names a version. */
const MAX_BYTES = 10_000

const answerSchema = z.object({ version: z.string().regex(/^\d{1,6}(\.\d{1,6}){2}$/) })

/** Compares 1.2.3 number by number. */
function isNewer(version: string, than: string): boolean {
  const [left, right] = [version, than].map((text) => text.split('.').map(Number))
  const at = left?.findIndex((part, i) => part !== right?.[i]) ?? -1
  return at >= 0 && Number(left?.[at]) > Number(right?.[at])
}

async function textOf(response: Response): Promise<string> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece, { stream: true })
    if (text.length > MAX_BYTES) throw new Error(`it is over ${MAX_BYTES} bytes long`)
  }
  return text
}

async function ask(address: string): Promise<string> {
  const response = await fetch(address, {
    redirect: 'error',
    credentials: 'omit',
    headers: { accept: 'application/json', 'user-agent': 'GPO Studio' },
    signal: AbortSignal.timeout(TIMEOUT),
  })
  if (!response.ok) throw new Error(`it answers with ${response.status}`)
  return answerSchema.parse(JSON.parse(await textOf(response))).version
}

export interface NewestQuestion {
  readonly isAllowed: boolean
  readonly address: string | null
  /** Of this program. */
  readonly version: string
}

/** @throws {GpoError} 'usage' if it is not allowed or there is nobody to ask, 'notFound' without an answer that names a version */
export async function newestVersion({ isAllowed, address, version }: NewestQuestion): Promise<NewestVersion> {
  if (!isAllowed) throw new GpoError('usage', 'Asking for newer versions is off: turn it on in the settings first.')
  if (address === null)
    throw new GpoError('usage', 'This build names no place to ask for newer versions: look where you got it.')
  try {
    const newest = await ask(address)
    return { version: newest, isNewer: isNewer(newest, version) }
  } catch (error) {
    const why = shown(
      error instanceof z.ZodError || error instanceof SyntaxError ? 'it names no version' : (error as Error).message,
    )
    throw new GpoError('notFound', `${address} could not be asked for the newest version: ${why}. Try again later.`)
  }
}
