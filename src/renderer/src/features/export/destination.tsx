import { Button, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core'
import { queries } from '@renderer/lib/api'
import { messageOf } from '@renderer/lib/errors'
import { type Destination, type ExportFormat, FOLDER_FORMATS } from '@shared/contract/exports'
import type { ChosenPath, ProgramInfo } from '@shared/contract/system'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTypedPath } from './use-typed-path'

export interface ChosenDestination {
  readonly grant: string
  readonly found: Destination
  /** An existing file may be replaced. */
  readonly replaces: boolean
}

interface DestinationProps {
  readonly format: ExportFormat
  /** The suggested file or folder name. */
  readonly suggested: string
  readonly info: ProgramInfo
  readonly onChange: (chosen: ChosenDestination | null) => void
}

const describe = (format: ExportFormat) =>
  FOLDER_FORMATS.includes(format)
    ? 'A folder that does not exist yet, or is empty'
    : 'A file; its folder is created if needed'

interface FieldProps extends DestinationProps {
  readonly chosen: ChosenPath | null
  readonly onChosen: (chosen: ChosenPath | null) => void
}

/** A dialog of the system. */
function DialogField({ format, suggested, chosen, onChosen }: FieldProps) {
  const choose = useMutation(queries.system.choose.mutationOptions({ onSuccess: (path) => path && onChosen(path) }))
  const kind = FOLDER_FORMATS.includes(format) ? 'exportFolder' : 'exportFile'
  // Some formats are folders and others are files, so the destination is chosen again after a change of format.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the kind changes
  useEffect(() => onChosen(null), [kind])
  return (
    <Group gap="md" wrap="nowrap">
      <Button
        variant="default"
        onClick={() => choose.mutate({ kind, suggestedName: suggested })}
        loading={choose.isPending}
        style={{ flexShrink: 0 }}
      >
        Choose where…
      </Button>
      <Text size="sm" className={chosen ? 'mono clip' : 'quiet'}>
        {chosen?.path ?? describe(format)}
      </Text>
    </Group>
  )
}

/** A field for a path; until it is edited it suggests one beside the runs. */
function TypedField({ format, suggested, info, onChosen }: FieldProps) {
  const [typed, setTyped] = useState<string | null>(null)
  const path = typed ?? `${info.dataFolder}/exports/${suggested}`
  const granted = useTypedPath(path)
  // biome-ignore lint/correctness/useExhaustiveDependencies: told when the path is another
  useEffect(() => onChosen(granted), [granted])
  return (
    <TextInput
      label="Path on this machine"
      description={describe(format)}
      inputWrapperOrder={['label', 'input', 'description']}
      value={path}
      onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      classNames={{ input: 'mono' }}
      spellCheck={false}
      rightSectionWidth={typed === null ? 0 : 64}
      rightSection={
        typed !== null && (
          <Button variant="subtle" size="compact-xs" onClick={() => setTyped(null)}>
            Reset
          </Button>
        )
      }
    />
  )
}

/** Where an export goes, and whether it can go there. */
export function DestinationChoice(props: DestinationProps) {
  const { format, info, onChange } = props
  const [chosen, setChosen] = useState<ChosenPath | null>(null)
  const [replaces, setReplaces] = useState(false)
  const { data: found, error } = useQuery({
    ...queries.exports.destination.queryOptions({ input: { grant: chosen?.grant ?? '', format } }),
    enabled: chosen !== null,
    staleTime: 0,
  })
  // The system's dialog has already asked.
  const mayReplace = info.hasDialogs || replaces
  // biome-ignore lint/correctness/useExhaustiveDependencies: told when one of its parts is another
  useEffect(
    () => onChange(chosen && found ? { grant: chosen.grant, found, replaces: mayReplace } : null),
    [chosen, found, mayReplace],
  )
  const Field = info.hasDialogs ? DialogField : TypedField
  return (
    <Stack gap="sm">
      <Field {...props} chosen={chosen} onChosen={setChosen} />
      {found?.problem && (
        <Text size="sm" c="var(--hurt)" role="alert">
          {found.problem}
        </Text>
      )}
      {error && (
        <Text size="sm" c="var(--hurt)" role="alert">
          {messageOf(error)}
        </Text>
      )}
      {found?.isReplacing && !info.hasDialogs && (
        <Checkbox
          label="Replace the existing file"
          checked={replaces}
          onChange={({ currentTarget }) => setReplaces(currentTarget.checked)}
        />
      )}
    </Stack>
  )
}
