import { Button, Group } from '@mantine/core'
import { PathPopover } from '@renderer/components/path-popover'
import { api } from '@renderer/lib/api'
import { useChoosing } from '@renderer/lib/choose'
import type { Study } from '@shared/schemas/study'
import { IconFileImport } from '@tabler/icons-react'

/** A study from a JSON file or a bundle. */
export function FromFile({ onOpened }: { readonly onOpened: (document: Study, notes: readonly string[]) => void }) {
  const { hasDialogs, choose, typed } = useChoosing('study')
  const take = async (grant: string) => {
    const { document, notes } = await api.studies.open({ grant })
    onOpened(document, notes)
  }
  return (
    <Group>
      <PathPopover
        hasDialogs={hasDialogs}
        onChoose={async () => {
          const chosen = await choose()
          if (chosen) await take(chosen.grant)
        }}
        onTyped={async (path) => take((await typed(path)).grant)}
        label="Path of an experiment on this machine"
        description="A .json file, or a bundle (.gpostudy)"
        placeholder="/home/me/experiment.json"
        submitLabel="Open"
        position="bottom-start"
        target={(ask, isBusy) => (
          <Button variant="default" leftSection={<IconFileImport size={15} />} loading={isBusy} onClick={ask}>
            Open a file…
          </Button>
        )}
      />
    </Group>
  )
}
