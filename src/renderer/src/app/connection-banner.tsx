import { Alert } from '@mantine/core'
import { onConnection } from '@renderer/lib/api'
import { useEffect, useState } from 'react'

/** Says that the program cannot be reached, until it can. */
export function ConnectionBanner() {
  const [isOpen, setOpen] = useState(true)
  useEffect(() => onConnection(setOpen), [])
  if (isOpen) return null
  return (
    <Alert color="orange" radius={0} role="alert" py="sm">
      GPO Studio cannot be reached. If this page was not opened by the link that `gpo serve` printed, open the newest
      one; if it has stopped, start it again and open its new link. Otherwise this page reconnects by itself.
    </Alert>
  )
}
