/* SPDX-License-Identifier: MIT */
/*
 * The AML interpreter: the firmware's program (DSDT and SSDTs), its namespace,
 * and what its methods answer.
 *
 * Terms (ACPI 6.5, chapters 5.3, 19 and 20).  A node is a name in the tree; a
 * value is what a name or a term stands for.  An interpreter (struct aml) owns
 * its nodes and values; several may exist.  It touches the machine through
 * struct aml_ops only, so the same files run on the host.
 *
 * Tables are untrusted.  Each evaluation is bounded in time, depth and memory
 * (the AML_MAX_ limits); malformed AML ends in a negative
 * errno and one printed line that names table and offset:
 *
 *   AML: DSDT+0x01a3: \_SB.PCI0._CRS: no such name "FOO_"
 *
 * Who may call.  One thread at a time, which may wait: AML sleeps; never an
 * interrupt, and no function of struct aml_ops while AML runs.  There is no lock
 * inside, since nodes and values are used between calls, too: whoever lets
 * several threads at one interpreter holds a mutex from the first call for a value
 * to the aml_put() of it.  The machine's own (acpi_namespace) has acpi_lock() for
 * that.  A method that sleeps keeps the others waiting.
 *
 * Its stacks are on the heap: of the CPU's it takes some 1 KiB, and never over 6,
 * whatever the AML does, besides what printk takes.
 */
#ifndef DRIVERS_ACPI_AML_AML_H
#define DRIVERS_ACPI_AML_AML_H

#include "drivers/acpi/table/acpi.h"

struct aml;
struct aml_node;
struct aml_object;
struct sink;

/* What ObjectType() says (ACPI 6.5, table 19.6), and two kinds that it cannot name. */
enum aml_type {
	AML_UNINITIALIZED = 0,
	AML_INTEGER = 1,
	AML_STRING = 2,
	AML_BUFFER = 3,
	AML_PACKAGE = 4,
	AML_FIELD = 5,
	AML_DEVICE = 6,
	AML_EVENT = 7,
	AML_METHOD = 8,
	AML_MUTEX = 9,
	AML_REGION = 10,
	AML_POWER = 11,
	AML_PROCESSOR = 12,
	AML_THERMAL = 13,
	AML_BUFFER_FIELD = 14,
	AML_DDB_HANDLE = 15, /* no value has it since ACPI 6.4 */
	AML_DEBUG = 16,
	AML_REFERENCE = 17, /* to a node, an element, a local or an argument */
	AML_CELL = 18,	    /* inside the interpreter only */
};

/*
 * A value.  Integers stand in it; everything else is shared and counted: a
 * value that an API function filled in is given back with aml_put() once, also
 * where it turned out to be an integer.  Copying the struct copies no
 * ownership.
 */
struct aml_value {
	u8 type; /* enum aml_type */
	u8 kind; /* of a reference; this and the next two are the interpreter's own */
	u16 table;
	u32 index;
	union {
		u64 integer;
		struct aml_object *object;
		struct aml_node *node;
	};
};

/* PCI function that a PCI_Config region belongs to (ACPI 6.5, 5.5.2.4.2). */
struct aml_pci_address {
	u16 segment;
	u8 bus, device, function;
};

/*
 * The outside world.  `bytes` is 1, 2, 4 or 8 (ports and PCI: up to 4), aligned but for
 * ports, never outside what the AML declared; *value is read, or written where `write`.
 * Functions return 0 or a negative errno, which ends the evaluation.  None may be
 * NULL, but for notify and failed.
 */
struct aml_ops {
	/* Who maps it keeps the mapping for the next time. */
	int (*memory)(u64 address, unsigned int bytes, u64 *value, bool write);
	int (*port)(u64 port, unsigned int bytes, u64 *value, bool write);
	int (*pci)(struct aml_pci_address pci, u32 reg, unsigned int bytes, u64 *value, bool write);
	void (*stall)(u64 usec); /* busy wait */
	void (*sleep)(u64 msec);
	u64 (*timer)(void); /* in 100 ns, ever rising */
	/*
	 * One of the firmware's tables, for LoadTable and DataTableRegion: the n-th
	 * of that signature, or NULL.  Its length and checksum were checked, and it
	 * stays where it is as long as the interpreter does.
	 */
	const struct acpi_table_header *(*table)(const char *signature, unsigned int n);
	/* Notify (node, value) was executed: for drivers of devices that firmware plugs. */
	void (*notify)(struct aml_node *node, u64 value);
	/*
	 * A term failed.  True: the method goes on behind the statement, as a table does.  For
	 * suites of tests, whose tables have a handler of errors: it may evaluate, see asks.
	 */
	bool (*failed)(int error);
};

/* ---- life ---- */

/* An interpreter with the predefined names (\_SB_, \_GL_, \_OSI ...), or NULL: no memory. */
struct aml *aml_create(const struct aml_ops *ops);

/* Everything is given back, values that someone still holds included.  NULL is harmless. */
void aml_destroy(struct aml *aml);

/*
 * Run the definition block of a DSDT, SSDT or PSDT, whose length and checksum
 * were checked; the table stays where it is as long as the interpreter does.
 * The DSDT comes first: its revision decides for all whether integers have 32
 * bits (below 2) or 64.  AML may load more tables; the interpreter keeps a copy of
 * those that are not the firmware's.  A term that fails is reported and passed over, and
 * what stands around it is kept.  0; -EINVAL where terms were lost; -ENOMEM; -ETIMEDOUT
 * where it took too long: what comes after is not run.
 */
int aml_load_table(struct aml *aml, const struct acpi_table_header *table);

/*
 * After all tables: \_INI and \_SB._INI, _REG for PCI configuration regions, then
 * the _INI of each device, processor and thermal zone that is present (ACPI 6.5,
 * 6.5.1).  How many failed.  Regions of tables that AML loads later get their _REG then.
 */
unsigned int aml_initialize(struct aml *aml);

/* ---- nodes: they live as long as the interpreter, unless a method made them ---- */

struct aml_node *aml_root(struct aml *aml);

/*
 * By a path as ASL writes it: "\\_SB.PCI0", "^FOO", "_CRS".  Relative to
 * `scope` (NULL: the root), without the search upwards.  Short segments are
 * filled up with '_'; aliases lead to their target.  NULL: there is none, or no
 * such path.
 */
struct aml_node *aml_find(struct aml *aml, struct aml_node *scope, const char *path);

/* Depth first, parents before children, in the order of their creation; NULL at the end. */
struct aml_node *aml_next_node(struct aml_node *root, struct aml_node *node);
/* The children of one, in that order; `child` NULL: the first. */
struct aml_node *aml_next_child(struct aml_node *parent, struct aml_node *child);
enum aml_type aml_node_type(const struct aml_node *node);
unsigned int aml_method_args(const struct aml_node *node); /* 0 for what is no method */

#define AML_PATH_MAX 96 /* characters of a path as these functions write it, NUL included */
/* "\\_SB_.PCI0", every segment with its four letters; buf is returned. */
char *aml_node_path(const struct aml_node *node, char *buf, size_t size);

/* ---- evaluation ---- */

/*
 * What `path` beneath `scope` stands for (path NULL: `scope` itself): a method
 * is called with `args`, a field is read, other values are handed out.  Missing
 * arguments are uninitialized, surplus ones an error.  The result is never a
 * field or a method; a reference that a method returned to a name with data gives
 * the data.  A method without a Return gives the value of its last statement, else zero.
 * -ENOENT, silently: no such name.  Else 0 or an error that was printed.
 * `result` may be NULL.
 */
int aml_evaluate(struct aml *aml, struct aml_node *scope, const char *path,
		 const struct aml_value *args, unsigned int nr_args, struct aml_value *result);

/* The same, for an integer (strings and buffers convert): 0, -ENOENT, another errno. */
int aml_evaluate_integer(struct aml *aml, struct aml_node *scope, const char *path, u64 *value);

/* Values to hand in as arguments. */
struct aml_value aml_integer(u64 value);
int aml_new_buffer(struct aml *aml, const void *bytes, u32 length, struct aml_value *out);
int aml_new_string(struct aml *aml, const char *text, struct aml_value *out);

/* Give a value back; it becomes AML_UNINITIALIZED. */
void aml_put(struct aml *aml, struct aml_value *value);

/* Bytes of a buffer or a string (the string's NUL follows them); NULL for another type. */
const u8 *aml_bytes(const struct aml_value *value, u32 *length);

/* Elements of a package; 0 for another type. */
u32 aml_count(const struct aml_value *value);

/*
 * Element i: names in it are looked up now, and those of data give their data;
 * a device gives a reference.  A missing one is AML_UNINITIALIZED.  To be put.
 */
int aml_element(struct aml *aml, const struct aml_value *package, u32 i, struct aml_value *out);

/* Element i, which must be an integer: 0 or -EINVAL. */
int aml_element_integer(struct aml *aml, const struct aml_value *package, u32 i, u64 *out);

/* The node that a reference leads to, or NULL. */
struct aml_node *aml_reference_node(const struct aml_value *value);

/* ---- devices (ACPI 6.5, chapter 6) ---- */

#define AML_STA_PRESENT	    BIT(0)
#define AML_STA_ENABLED	    BIT(1) /* decodes its resources */
#define AML_STA_UI	    BIT(2)
#define AML_STA_FUNCTIONING BIT(3)
#define AML_STA_DEFAULT	    0x0fU /* 6.3.7: no _STA means all of them */

/*
 * A walk over all devices, in the order of the namespace, parents before children:
 *
 *	struct aml_walk walk = { 0 };
 *
 *	while ((node = aml_next_device(aml, &walk)))
 *
 * A device that is neither present nor functioning is absent with all beneath it; one
 * that is only functioning is absent alone, which its status tells (6.3.7).  The
 * absent are given, too, but their _STA is not asked where one above them is absent.
 * One whose _STA fails is absent, but a name that is missing in it is no _STA.
 */
struct aml_walk {
	struct aml_node *node;	       /* the one that was given last */
	const struct aml_node *absent; /* it, or the one above it that is absent; or NULL */
	u32 status;		       /* _STA; 0 of what is absent */
	/* For _INI, as in Linux: processors and thermal zones too; a _STA that fails hides nothing. */
	bool for_init;
};
struct aml_node *aml_next_device(struct aml *aml, struct aml_walk *walk);

#define AML_ID_MAX 32 /* bytes of an id or uid, NUL included */
/* "PNP0A03" into id[AML_ID_MAX], decoded where it was an EISA id: 0, -ENOENT, another errno. */
int aml_device_hid(struct aml *aml, struct aml_node *device, char *id);
/* The n-th compatible id; -ENOENT past the last. */
int aml_device_cid(struct aml *aml, struct aml_node *device, unsigned int n, char *id);
/* _HID or one of _CID is `id`. */
bool aml_device_is(struct aml *aml, struct aml_node *device, const char *id);

/*
 * The register block of a processor that Processor () declares (ACPI 5.0, 19.5.94): its
 * first port and its bytes.  False of other nodes, and where it has none.
 */
bool aml_processor_block(const struct aml_node *node, u64 *address, u32 *length);

/* ---- resources (ACPI 6.5, 6.4) ---- */

enum aml_resource_type {
	AML_RES_IRQ,	/* 6.4.2.1 and extended, 6.4.3.6 */
	AML_RES_IO,	/* port descriptors and address spaces of type I/O */
	AML_RES_MEMORY, /* 24, 32, fixed 32, and address spaces of type memory */
	AML_RES_BUS,	/* address spaces of type bus number */
	AML_RES_OTHER,	/* DMA, registers, GPIO, vendors' ...: tag, bytes and length only */
};

#define AML_MAX_IRQS 32 /* of one descriptor; more are cut off with a line */

struct aml_resource {
	enum aml_resource_type type;
	u8 tag;	     /* the descriptor: small 0x04 (IRQ) ..., large 0x81 ... */
	bool window; /* address space and extended IRQ: the device forwards it (ResourceProducer) */
	/* IO, MEMORY, BUS */
	bool address_space; /* a [QDWE]WordSpace descriptor */
	bool fixed;	    /* the place cannot change: [min, min + length) */
	u64 min, max;	 /* _MIN and _MAX: of the first byte; of an address space: first and last */
	u64 align;	 /* _ALN of a range, _GRA of an address space */
	u64 length;	 /* bytes, ports, buses */
	u64 translation; /* _TRA */
	bool read_only;
	u8 caching;	/* 0 none, 1 cacheable, 2 write combining, 3 prefetchable */
	u8 decode;	/* IO: 16 or 10 bits */
	bool io_sparse; /* IO address spaces: _TRS */
	/* IRQ: the possible ones, the only one in a _CRS */
	bool level, active_low, shared;
	u16 nr, left_out;
	u32 numbers[AML_MAX_IRQS];
	/* where it stands in the buffer, header included */
	u32 offset, size;
	const u8 *bytes; /* header included; valid during the callback */
};

/*
 * Decode a resource template: fn for each descriptor, in order; start and end
 * of dependent functions are passed over, an end tag ends it.  fn's nonzero
 * return ends the walk and is returned.  -EINVAL, after a line that names
 * `node`, which gave it: a descriptor that is too short, leaves the buffer, or
 * no end tag.  What came before was given to fn.
 */
int aml_decode_resources(struct aml *aml, struct aml_node *node, const u8 *bytes, u32 length,
			 int (*fn)(const struct aml_resource *res, void *arg), void *arg);

/* Evaluate `method` ("_CRS", "_PRS") of a device and decode it; -ENOENT: there is none. */
int aml_walk_resources(struct aml *aml, struct aml_node *device, const char *method,
		       int (*fn)(const struct aml_resource *res, void *arg), void *arg);

/*
 * Give a link device its interrupt: _SRS with the form of descriptor that its
 * _PRS (else _CRS) has, which must list `irq`.  0, -ENOENT: no _SRS, -EINVAL:
 * not possible.
 */
int aml_link_set_irq(struct aml *aml, struct aml_node *link, u32 irq);

/* ---- interrupt routing (ACPI 6.5, 6.2.13) ---- */

struct aml_prt_entry {
	u16 device;	       /* slot; the function part is always "all" */
	u8 pin;		       /* 0: INTA */
	struct aml_node *link; /* NULL: `gsi` is a global system interrupt */
	u32 gsi;	       /* or the index into the link's resources */
};

/*
 * Each usable entry of the _PRT beneath `device`; broken ones are passed over
 * with a line.  fn's nonzero return ends the walk and is returned.  -ENOENT:
 * none.
 */
int aml_walk_prt(struct aml *aml, struct aml_node *device,
		 int (*fn)(const struct aml_prt_entry *entry, void *arg), void *arg);

/*
 * \_Sx: the values for PM1a_CNT and PM1b_CNT (7.4.2).  -ENOENT: the state does
 * not exist; -EINVAL: not a package of small integers.
 */
int aml_sleep_type(struct aml *aml, unsigned int state, u8 *pm1a, u8 *pm1b);

/*
 * The segment and bus that a host bridge's or bridge's children are on, from
 * _SEG, _BBN and, behind a PCI-to-PCI bridge, its secondary bus register; and
 * for any device, its own function by _ADR.  Beneath no host bridge (PNP0A03,
 * PNP0A08) it is bus 0, as in Linux.  -ENODEV after a line: too many
 * bridges; or what pci_read() gave.
 */
int aml_pci_address(struct aml *aml, struct aml_node *node, struct aml_pci_address *out);

/* ---- to look at ---- */

/*
 * A node's type, and into `buf` what it holds with a blank in front, or nothing, cut off to `size`: constants always,
 * fields and methods without arguments evaluated where `evaluate` (they may have side effects).
 */
#define AML_TEXT_MAX 200
const char *aml_describe_node(struct aml *aml, struct aml_node *node, bool evaluate, char *buf,
			      size_t size);

/* That in a line for each node beneath `root`, behind its path; what it holds is cut at AML_TEXT_MAX. */
void aml_dump(struct sink *out, struct aml *aml, struct aml_node *root, bool evaluate);

/* A value as text, as aml_dump has it, cut off to `size`: integers as 0x%x. */
char *aml_format(struct aml *aml, const struct aml_value *value, char *buf, size_t size);

struct aml_statistics {
	u32 nodes, objects;
	u64 bytes, peak_bytes; /* of memory in use */
	u64 steps;	       /* terms executed since aml_create() */
	u32 errors;
};
void aml_statistics(const struct aml *aml, struct aml_statistics *out);

/* ---- in the kernel (kernel_ops.c): the one interpreter of this machine ---- */

/* NULL where there is no ACPI, before acpi_namespace_init(), or after it failed. */
extern struct aml *acpi_namespace;

/*
 * The mutex of acpi_namespace: around each use of it by whoever runs once acpi_gpe_init() has
 * begun; the thread that boots is alone before that.  It is inner to PCI's (drivers/pci/pci.h).
 * Threads that may sleep; not within itself.
 */
void acpi_lock(void);
void acpi_unlock(void);

/*
 * After acpi_map_tables() and pci's config access: make it, load DSDT and all
 * SSDTs, say how much it was.  Call aml_initialize(acpi_namespace) once ACPI
 * mode is on.  0, -ENODEV: no ACPI, -ENOMEM.
 */
int acpi_namespace_init(void);

/*
 * Called for each Notify in the kernel's namespace (ACPI 6.5, 5.6.6), in the midst of the
 * method, with acpi_lock(): it must not evaluate anything.  One handler, set at boot.
 */
void acpi_set_notify_handler(void (*handler)(struct aml_node *node, u64 value));

#endif
