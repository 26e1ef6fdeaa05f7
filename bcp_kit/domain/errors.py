"""The catalogue of errors, one code each; what happened and what to do stand in templates/messages."""

from collections.abc import Mapping
from enum import StrEnum, unique

from pydantic import Field

from bcp_kit.domain.base import DomainModel


class Severity(StrEnum):
    """How bad: an error stops, a warning asks for a look, a notice only tells."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@unique
class ErrorCode(StrEnum):
    """Every code that a user may meet. A test demands its texts in each language.

    First letter: I intake, D data store, A access and consent, K catalogue, G geography, M matching,
    C staff cover, B BCP, P plans and print, S destinations, U use of the command line or a page.
    """

    # access and consent
    ACTION_DENIED = "A-001"
    # catalogues
    CATALOGUE_MISSING = "K-001"
    CATALOGUE_ROW_MISSING = "K-002"
    CATALOGUE_ROW_FAULTY = "K-003"
    CATALOGUE_KEY_TWICE = "K-004"
    CATALOGUE_NO_NUMBER = "K-005"
    # data store
    EDIT_CONFLICT = "D-001"
    KEY_WRONG = "D-002"
    KEY_MISSING = "D-003"
    KEY_TOO_SHORT = "D-004"
    ENCRYPTION_MISSING = "D-005"
    STORE_IS_PLAIN = "D-006"
    STORE_IS_ENCRYPTED = "D-007"
    STORE_BUSY = "D-008"
    DISK_FULL = "D-009"
    STORE_READ_ONLY = "D-010"
    STORE_DAMAGED = "D-011"
    STORE_IS_NEWER = "D-012"
    ALREADY_STORED = "D-013"
    DISK_FAILED = "D-014"
    STORE_UNREACHABLE = "D-015"
    KEY_FILE_UNREADABLE = "D-016"
    KEY_FILE_BESIDE_DATA = "D-017"
    TARGET_EXISTS = "D-018"
    BACKUP_DAMAGED = "D-019"
    STORE_MISSING = "D-020"
    # business continuity plans
    FORM_MISSING = "B-001"
    FORM_ITEM_MISSING = "B-002"
    PLAN_EXISTS = "B-003"
    ANSWER_UNREADABLE = "B-004"
    WHICH_PLAN = "B-005"
    WHICH_FACILITY = "B-006"
    # intake
    FILE_TOO_LARGE = "I-001"
    FILE_EMPTY = "I-002"
    FILE_TYPE_UNKNOWN = "I-003"
    FILE_NOT_AS_NAMED = "I-004"
    FILE_OLD_EXCEL = "I-005"
    FILE_LOCKED = "I-006"
    FILE_IS_BOMB = "I-007"
    FILE_HAS_ENTITIES = "I-008"
    SHEET_TOO_LARGE = "I-009"
    ENCODING_UNKNOWN = "I-010"
    FILE_DAMAGED = "I-011"
    DEFUSEDXML_MISSING = "I-012"
    FILE_HAS_MACROS = "I-013"
    GEOJSON_FAULTY = "I-014"
    CSV_QUOTES = "I-015"
    FORMULA_NOT_COMPUTED = "I-016"
    ENCODING_RARE = "I-017"
    SHEET_HIDDEN = "I-018"
    CELLS_MERGED = "I-019"
    ARCHIVE_NAMES_UNSAFE = "I-020"
    ARCHIVE_OF_TABLES = "I-021"
    SHAPEFILE_PART_MISSING = "I-022"
    SHAPEFILE_TWIN = "I-023"
    PROJECTION_UNSTATED = "I-024"
    ENCODING_BELIED = "I-025"
    LINE_TOO_LONG = "I-026"
    GEOMETRY_NO_POINT = "I-027"
    DATUM_OLD = "I-028"
    PROJECTION_UNREADABLE = "I-029"
    LAYOUT_UNKNOWN = "I-101"
    HEADING_MISSING = "I-102"
    HEADING_TWICE = "I-103"
    HEADING_UNKNOWN = "I-104"
    ROW_SHIFTED = "I-105"
    TOTAL_ROW = "I-106"
    HEADING_EMPTY = "I-107"
    NO_ROWS = "I-108"
    PROFILE_UNREADABLE = "I-110"
    PROFILE_DOES_NOT_FIT = "I-111"
    REQUIRED_EMPTY = "I-201"
    DATE_UNREADABLE = "I-202"
    DATE_OUTSIDE_ERA = "I-203"
    DATE_IN_FUTURE = "I-204"
    DATE_TOO_OLD = "I-205"
    DATE_FROM_SERIAL = "I-206"
    NUMBER_UNREADABLE = "I-207"
    NUMBER_OUT_OF_RANGE = "I-208"
    NUMBER_NOT_WHOLE = "I-209"
    NUMBER_MENDED = "I-210"
    NUMBER_ROUGH = "I-211"
    WORD_UNKNOWN = "I-212"
    NEED_UNKNOWN = "I-213"
    FEATURE_UNKNOWN = "I-214"
    PHONE_UNUSUAL = "I-215"
    ZERO_RESTORED = "I-216"
    DIGITS_WRONG = "I-217"
    KANA_MENDED = "I-218"
    KANA_UNREADABLE = "I-219"
    DEGREES_UNREADABLE = "I-220"
    PLACE_OUTSIDE_JAPAN = "I-221"
    PLACE_SWAPPED = "I-222"
    PLACE_HALF = "I-223"
    CODE_UNREADABLE = "I-224"
    TEXT_TOO_LONG = "I-225"
    TEXT_BROKEN = "I-226"
    TEXT_PRIVATE_CHARACTER = "I-227"
    TEXT_LOST_TO_EXCEL = "I-228"
    EXCEL_ERROR_VALUE = "I-229"
    EMAIL_UNUSUAL = "I-230"
    CAPACITY_UNKNOWN = "I-231"
    DATE_OF_CONSENT_MISSING = "I-232"
    CONSENT_BEFORE_EXPLANATION = "I-233"
    CONDITION_COPIED = "I-234"
    KEY_TWICE = "I-301"
    SAME_PERSON = "I-302"
    GRADE_IMPOSSIBLE = "I-303"
    REFERENCE_UNKNOWN = "I-304"
    ROW_REFUSED = "I-305"
    SITE_SHARED = "I-306"
    WELFARE_KIND_UNSTATED = "I-307"
    ACCEPTS_PROPOSED = "I-308"
    LISTED_TWICE = "I-309"
    MARK_UNKNOWN = "I-320"
    WELFARE_BY_NUMBER_ONLY = "I-321"
    SERVICE_UNKNOWN = "I-322"
    CERTIFICATE_GRADE = "I-350"
    CERTIFICATE_WITHOUT_KEY = "I-351"
    CERTIFICATE_EMPTY = "I-352"
    CERTIFICATE_AGE = "I-353"
    CERTIFICATE_LETTERS = "I-354"
    CERTIFICATE_ENDED = "I-355"
    CERTIFICATE_UNMATCHED = "I-356"
    CERTIFICATE_PROPOSED = "I-357"
    CERTIFICATE_KIND_MISSING = "I-358"
    CERTIFICATE_INSURED = "I-359"
    IMPORT_OTHER_KIND = "I-405"
    IMPORT_HAS_ERRORS = "I-401"
    IMPORT_NOTHING = "I-402"
    IMPORT_TABLE_REFUSED = "I-403"
    EXPORT_CHARACTERS = "I-404"
    UNDO_CHANGED_SINCE = "I-406"
    UNDO_NOTHING = "I-407"
    MERGE_SAME_RECORD = "I-408"
    # staff cover
    COVER_DIFFERENT_OPERATORS = "C-001"
    COVER_SETTING_WRONG = "C-002"
    COVER_CHECK_FAILED = "C-003"
    # use
    WRONG_USE = "U-001"
    NOT_FOUND = "U-002"
    STOPPED_BY_USER = "U-003"
    SOLVER_OUT_OF_MEMORY = "U-006"
    SOLVER_FAILED = "U-007"
    SAMPLE_NOT_ALONE = "U-010"
    # evacuation plans
    COPY_NOT_ALLOWED = "P-001"
    # matching
    NO_PEOPLE = "M-001"
    NO_DESTINATIONS = "M-002"
    MATCHING_CHECK_FAILED = "M-003"
    PRESET_UNKNOWN = "M-005"
    PRESET_FAULTY = "M-006"
    LOCK_WITHOUT_REASON = "M-007"
    LOCK_RULE_FIXED = "M-008"
    LOCK_TWICE = "M-009"
    LOCK_PLACE_WRONG = "M-010"
    TRIAL_NOT_KEPT = "M-011"
    SUPPORTER_FULL = "M-012"
    # geography
    ZONES_UNREADABLE = "G-001"
    ROADS_UNREADABLE = "G-002"
    MAP_FILE_KIND = "G-003"
    CRS_MISSING = "G-004"
    CRS_UNKNOWN = "G-005"
    MAP_SWAPPED = "G-006"
    RINGS_MENDED = "G-007"
    HAZARD_UNSTATED = "G-008"
    DEPTH_CLASS_UNKNOWN = "G-009"
    SHAPES_LEFT_OUT = "G-010"
    ROADS_EMPTY = "G-011"
    ROADS_IN_PARTS = "G-012"
    ROAD_LENGTHS_MENDED = "G-013"
    ROAD_HEIGHTS_UNKNOWN = "G-014"
    MAP_OUTSIDE_JAPAN = "G-015"
    HOMES_FAR_FROM_ROADS = "G-016"
    MAP_CONVERTED = "G-017"
    POINTS_UNREADABLE = "G-018"
    POINTS_LEFT_OUT = "G-019"
    MESHES_UNREADABLE = "G-020"
    CODES_WRONG = "G-021"
    MAP_MISSING = "G-022"
    ROAD_LENGTHS_DOUBTFUL = "G-023"
    MAP_EMPTY = "G-024"
    MAP_TOO_MANY_POINTS = "G-025"
    FACTS_NOT_POSSIBLE = "U-004"
    # destinations: confirming, surveys, the state in an event
    EVENT_RUNNING = "S-001"
    NO_EVENT_RUNNING = "S-002"
    SURVEY_UNREADABLE = "S-003"
    SURVEY_OF_ANOTHER_PLACE = "S-004"
    SURVEY_OTHER_EDITION = "S-005"
    SURVEY_ROW_CHANGED = "S-006"
    SURVEY_NO_DATE = "S-007"


class Problem(DomainModel):
    """One finding about input or state: code, severity, where it stands, and the numbers of its sentence.

    `value` is the offending cell as written; it may be personal, so it is shown and never logged.
    """

    code: ErrorCode
    severity: Severity = Severity.ERROR
    row: int | None = None
    column: str = ""
    value: str = ""
    values: Mapping[str, str | int | float] = Field(default_factory=dict)


class BcpKitError(Exception):
    """Any failure that a user can act on. Its text holds the code only, never a personal value."""

    def __init__(self, code: ErrorCode, **values: str | int | float) -> None:
        super().__init__(code.value)
        self.code = code
        self.values = values
