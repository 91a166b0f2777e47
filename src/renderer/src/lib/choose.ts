/** Lets a person choose a file or folder: in a system dialog if the host has one, else by typing its path. */
import type { ChosenPath } from '@shared/contract/system'
import { useQuery } from '@tanstack/react-query'
import { api, queries } from './api'

type Kind = 'model' | 'modelFile' | 'dataset' | 'plan' | 'bundle' | 'study'

export interface Choosing {
  /** False: a path has to be typed. */
  readonly hasDialogs: boolean
  /** Null when the dialog was closed. */
  readonly choose: () => Promise<ChosenPath | null>
  readonly typed: (path: string) => Promise<ChosenPath>
}

export function useChoosing(kind: Kind): Choosing {
  const { data } = useQuery(queries.system.info.queryOptions({}))
  return {
    hasDialogs: data?.hasDialogs ?? false,
    choose: () => api.system.choose({ kind }),
    typed: (path) => api.system.typed({ path }),
  }
}
