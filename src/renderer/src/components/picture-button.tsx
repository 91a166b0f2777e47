/** Saves the small charts of a panel as an SVG file. */
import { ActionIcon, Tooltip } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { svgOf } from '@renderer/charts/svg-file'
import { messageOf } from '@renderer/lib/errors'
import { saveBlob } from '@renderer/lib/save-text'
import { IconPhotoDown } from '@tabler/icons-react'
import type { RefObject } from 'react'

interface PictureButtonProps {
  /** What is drawn. */
  readonly title: string
  readonly holder: RefObject<HTMLElement | null>
}

export function PictureButton({ title, holder }: PictureButtonProps) {
  const save = () => {
    try {
      if (holder.current)
        saveBlob(`${title.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.svg`, svgOf(holder.current, title))
    } catch (error) {
      notifications.show({ color: 'orange', title: 'The picture was not saved', message: messageOf(error) })
    }
  }
  return (
    <Tooltip label="Save the picture (SVG)">
      <ActionIcon size="sm" variant="subtle" color="gray" aria-label={`Save the picture of ${title}`} onClick={save}>
        <IconPhotoDown size={14} />
      </ActionIcon>
    </Tooltip>
  )
}
