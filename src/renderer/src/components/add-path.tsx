/** A button that adds something from disk. */
import { Button } from '@mantine/core'
import { IconFolderPlus } from '@tabler/icons-react'
import { type PathAsking, PathPopover } from './path-popover'

interface AddPathProps extends PathAsking {
  readonly label: string
  /** What to type. */
  readonly description: string
  readonly placeholder: string
  /** For an action that is not the page's main one. */
  readonly variant?: 'filled' | 'default'
}

export function AddPath({ label, variant = 'filled', ...asking }: AddPathProps) {
  return (
    <PathPopover
      {...asking}
      label="Path on this machine"
      submitLabel="Add"
      position="bottom-end"
      target={(ask, isBusy) => (
        <Button variant={variant} leftSection={<IconFolderPlus size={15} />} loading={isBusy} onClick={ask}>
          {label}
        </Button>
      )}
    />
  )
}
