import { Center, Portal, Text } from '@mantine/core'

/** Covers the page while files are dragged over it. */
export function DropHint({ isOver, text }: { readonly isOver: boolean; readonly text: string }) {
  if (!isOver) return null
  return (
    <Portal>
      <Center
        pos="fixed"
        inset={12}
        style={{
          zIndex: 400,
          pointerEvents: 'none',
          border: '2px dashed var(--helped)',
          borderRadius: 'var(--mantine-radius-md)',
          background: 'color-mix(in srgb, var(--surface) 80%, transparent)',
        }}
      >
        <Text fw={600} size="lg">
          {text}
        </Text>
      </Center>
    </Portal>
  )
}
