import { api } from '@renderer/lib/api'
import type { ChosenPath } from '@shared/contract/system'
import { useEffect, useState } from 'react'

/** Milliseconds after the last key. */
const TYPING = 250

/** A grant for the path that is being typed; null until there is one. */
export function useTypedPath(path: string): ChosenPath | null {
  const [chosen, setChosen] = useState<ChosenPath | null>(null)
  useEffect(() => {
    setChosen(null)
    const wanted = path.trim()
    if (wanted === '') return
    let isCurrent = true
    const timer = setTimeout(() => {
      api.system.typed({ path: wanted }).then(
        (granted) => isCurrent && setChosen(granted),
        () => {}, // the host does not accept typed paths, because it has a dialog
      )
    }, TYPING)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [path])
  return chosen
}
