import { notifications } from '@mantine/notifications'
import { AddPath } from '@renderer/components/add-path'
import { DropHint } from '@renderer/components/drop-hint'
import { queries } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import { useChoosing } from '@renderer/lib/choose'
import { useDrop } from '@renderer/lib/drop'
import type { ChosenPath } from '@shared/contract/system'
import { useMutation } from '@tanstack/react-query'

/** Opens another installation's run: from a dialog, a typed path, or a file dropped on the window. */
export function ImportBundle() {
  const { runs } = useCache()
  const { hasDialogs, choose, typed } = useChoosing('bundle')
  // The transfer panel shows the progress.
  const { mutateAsync } = useMutation(
    queries.exports.importBundle.mutationOptions({
      onSuccess: () => void runs.listChanged(),
    }),
  )
  const take = async (chosen: ChosenPath | null) => {
    if (chosen) await mutateAsync({ grant: chosen.grant })
  }
  const isOver = useDrop({
    onChosen: (chosen) => void take(chosen[0] ?? null).catch(() => {}), // the transfer panel shows the error
    onFiles: () =>
      notifications.show({ message: 'A browser does not reveal a file’s path: type the path of the bundle instead.' }),
  })
  return (
    <>
      <AddPath
        label="Open a run bundle"
        variant="default"
        hasDialogs={hasDialogs}
        onChoose={async () => take(await choose())}
        onTyped={async (path) => take(await typed(path))}
        description="A .gpo file. The run appears in the list, read-only; everything in it is checked first."
        placeholder="/home/me/demo.gpo"
      />
      <DropHint isOver={isOver} text="Drop a run bundle to open it" />
    </>
  )
}
