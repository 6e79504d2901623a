import { afterwards, byPrograms } from './catalogue/index.ts';
import { tried } from './tried.ts';

tried([...byPrograms, ...afterwards]);
