import { type Text, text } from './message-text.ts';

/** What people read of the errors of tickets, by code. */
export const ticketMessages: Readonly<Record<string, Text>> = {
  TICKET_NOT_FOUND: text('没有这张工单，或您无权查看', 'There is no such ticket, or it is not yours to see'),
  TICKET_WRONG_STATE: text(
    '工单的状态已变化，现在不能这样操作',
    'The ticket has moved on; this is not possible now',
  ),
  TICKET_NOT_YOURS: text('只有负责单位的人可以这样操作', 'This is for those whose ticket it is'),
  TICKET_TAKEN: text('{owner} 已经接单', '{owner} has taken it already'),
  TICKET_BAD_ASSIGNEE: text('不能派给这个人或单位', 'A task cannot be given to this person or company'),
  TICKET_BAD_COMPANY: text('这家公司没有可以接单的经理', 'This company has no manager who could take it'),
  TICKET_NO_PAUSE: text('紧急工单不能暂停', 'Urgent work cannot be paused'),
  TICKET_PAUSE_TOO_LONG: text(
    '暂停的截止时间须在将来，且不超过规定的上限',
    'A pause must end in the future and within its limit',
  ),
  TICKET_NO_EXTENSION: text('这张工单不能再延期', 'This ticket gets no more time'),
  TICKET_EXTENSION_TOO_LONG: text('延期不得超过原时限', 'At most the original time once more'),
  TICKET_OWN_REQUEST: text('不能审批自己的申请', 'Another person has to decide on your request'),
  TICKET_PHOTO_MISSING: text('办结前请上传处置后的照片', 'Please add a photo of afterwards first'),
  TICKET_PHOTO_UNREADABLE: text('只接受 JPEG、PNG 或 WebP 照片', 'Only JPEG, PNG or WebP photos are taken'),
  TICKET_PHOTO_TOO_LARGE: text('照片不得超过 4 MB', 'A photo may have at most 4 MB'),
  TICKET_PHOTO_NOT_FOUND: text(
    '没有这张照片，或您无权查看',
    'There is no such photo, or it is not yours to see',
  ),
  TICKET_VERIFIER_IS_FINISHER: text(
    '不能核查自己办结的工单',
    'Another person than who did the work has to verify it',
  ),
  TICKET_RETURNED_BEFORE: text('这张工单已退回过一次', 'This ticket was sent back once already'),
  TICKET_BUSY: text('工单正在变化，请再试一次', 'The ticket is changing; please try again'),
};
