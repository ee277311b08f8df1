// The rooms of the app. A line fewer is a feature fewer.
import type { Room } from './base/room';
import { connectRoom } from './connect/room';
import { frameRoom } from './frame/room';
import { homeRoom } from './home/room';
import { leaderRoom } from './leader/room';
import { talentRoom } from './leader/talent/room';
import { goalsRoom } from './leader/goals/room';
import { profileRoom } from './leader/profile/room';
import { talkRoom } from './leader/talk/room';
import { managerRoom } from './manager/room';
import { orgRoom } from './org/room';
import { recordRoom } from './record/room';
import { salesRoom } from './sales/room';

export const rooms: Room[] = [homeRoom, frameRoom, salesRoom, managerRoom, leaderRoom, goalsRoom, talkRoom, profileRoom, talentRoom, orgRoom, connectRoom, recordRoom];
