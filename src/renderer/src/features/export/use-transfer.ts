import { api } from '@renderer/lib/api'
import type { Transfer } from '@shared/contract/exports'
import { useEffect, useState } from 'react'

/** Milliseconds before a lost stream is opened again. */
const RETRY = 1000

/** The running export or import, or the last one; null if there is none. */
export function useTransfer(): Transfer | null {
  const [transfer, setTransfer] = useState<Transfer | null>(null)
  useEffect(() => {
    const controller = new AbortController()
    const { signal } = controller
    const follow = async () => {
      while (!signal.aborted) {
        try {
          for await (const next of await api.exports.transfer({}, { signal })) setTransfer(next)
        } catch {
          // The connection was lost: it is opened again below.
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY))
      }
    }
    void follow()
    return () => controller.abort()
  }, [])
  return transfer
}
