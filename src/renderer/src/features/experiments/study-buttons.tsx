import { Button, Tooltip } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { StudySummary } from '@shared/contract/studies'
import { IconPlayerPause, IconPlayerPlay, IconTrash } from '@tabler/icons-react'
import { RemoveDialog } from './remove-dialog'
import { useStudyAction } from './study-actions'
import { canContinue, canPause, canRemove } from './words'

interface StudyButtonsProps {
  readonly study: StudySummary
  /** In the list, where the name of the study has to be said. */
  readonly isNamed?: boolean
  readonly onRemoved: () => void
}

/** Pause or continue, and remove. */
export function StudyButtons({ study, isNamed = false, onRemoved }: StudyButtonsProps) {
  const pause = useStudyAction(study.id, 'pause')
  const resume = useStudyAction(study.id, 'resume')
  const [isRemoving, removal] = useDisclosure()
  const named = (verb: string) => (isNamed ? { 'aria-label': `${verb} ${study.name}` } : {})
  return (
    <>
      {canPause(study) && (
        <Tooltip label="After the running iteration, with a checkpoint; nothing is lost">
          <Button
            variant="default"
            leftSection={<IconPlayerPause size={14} />}
            loading={pause.isActing}
            onClick={pause.act}
            {...named('Pause')}
          >
            Pause
          </Button>
        </Tooltip>
      )}
      {canContinue(study) && (
        <Button
          variant={isNamed ? 'default' : 'filled'}
          leftSection={<IconPlayerPlay size={14} />}
          loading={resume.isActing}
          onClick={resume.act}
          {...named('Continue')}
        >
          Continue
        </Button>
      )}
      <Button
        variant="default"
        leftSection={<IconTrash size={14} />}
        disabled={!canRemove(study)}
        title={canRemove(study) ? undefined : 'A running experiment cannot be removed: pause it first'}
        onClick={removal.open}
        {...named('Remove')}
      >
        Remove…
      </Button>
      {isRemoving && <RemoveDialog study={study} onClose={removal.close} onRemoved={onRemoved} />}
    </>
  )
}
