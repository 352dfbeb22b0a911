// SPDX-License-Identifier: MIT
/*
 * The walk over the loader's tags (Multiboot2 2.0, 3.6): from their format to
 * struct boot_info, and one printed line for each tag.
 *
 * A tag is a type, a size without padding, and what the type says; the next one
 * starts on the next 8-byte boundary.  Nothing here is believed: the walk
 * moves forward by at least a tag's head and never past the size it was given,
 * each type has the least size that its fields need, strings are cut at their
 * tag's end.  What breaks the list ends it with an error; what only breaks one
 * tag costs that tag.
 *
 * The tags may lie anywhere below 4 GiB, also right behind the image inside what
 * the memory map calls usable, so they are copied out of before anything is
 * allocated, and boot_info.data_start/data_end tell what to reserve.
 */
#define pr_fmt(fmt) "multiboot2: " fmt

#include "boot/multiboot2.h"

#include "boot/grub.h"
#include "kernel/core/cmdline.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/early_ioremap.h"
#include "mm/layout.h"

struct tag {
	u32 type;
	u32 size; /* bytes, this head included, padding not */
	u8 body[];
};

/* Fields of the tags that are used; each struct begins with the head. */
struct tag_module {
	u32 type, size, start, end;
	char string[];
};

struct tag_mmap {
	u32 type, size, entry_size, entry_version;
	u8 entries[];
};

struct mmap_entry {
	u64 addr, len;
	u32 type, reserved;
};

struct tag_framebuffer {
	u32 type, size;
	u64 addr;
	u32 pitch, width, height;
	u8 bpp, kind;
};

struct tag_elf {
	u32 type, size, count, entry_size, string_index;
	u8 headers[];
};

struct tag_efi_mmap {
	u32 type, size, desc_size, desc_version;
	u8 map[];
};

#define TAG_HEAD	 8
#define RSDP_V1_SIZE	 20 /* ACPI 6.5, 5.2.5.3 */
#define FRAMEBUFFER_SIZE 30 /* up to and with `kind`: colour info may be absent */

/* What the walk knows beside the tag itself. */
struct walk {
	struct boot_info *bi;
	const u8 *base; /* of the whole information */
	u32 seen;	/* bit n: a tag of type n was used */
	bool cut;	/* the command line did not fit */
};

/* Where in physical memory a part of the information lies. */
static phys_addr_t __init walk_phys(const struct walk *w, const void *p)
{
	return w->bi->data_start + (phys_addr_t)((const u8 *)p - w->base);
}

/* Copy a string of at most `room` bytes, terminated or not; what was cut off is said. */
static void __init copy_string(char *dst, size_t size, const void *src, size_t room,
			       const char *what)
{
	size_t length = strnlen(src, room);

	if (length == room)
		pr_warn("%s: not terminated\n", what);
	if (length >= size) {
		pr_warn("%s: cut off from %zu to %zu bytes\n", what, length, size - 1);
		length = size - 1;
	}
	memcpy(dst, src, length);
	dst[length] = '\0';
}

static bool __init use_cmdline(struct walk *w, const struct tag *tag)
{
	size_t room = tag->size - TAG_HEAD;

	copy_string(w->bi->cmdline, sizeof(w->bi->cmdline), tag->body, room, "command line");
	w->cut = strnlen((const char *)tag->body, room) >= sizeof(w->bi->cmdline);
	pr_info("command line: \"%s\"\n", w->bi->cmdline);
	return true;
}

static bool __init use_loader(struct walk *w, const struct tag *tag)
{
	copy_string(w->bi->loader, sizeof(w->bi->loader), tag->body, tag->size - TAG_HEAD,
		    "loader name");
	pr_info("loader name: %s\n", w->bi->loader);
	return true;
}

static bool __init use_module(struct walk *w, const struct tag *tag)
{
	const struct tag_module *t = (const struct tag_module *)tag;
	struct boot_module *m;

	if (t->start >= t->end) {
		pr_warn("module: ignored: [0x%08x, 0x%08x) is empty\n", t->start, t->end);
		return false;
	}
	if (w->bi->nr_modules == BOOT_MAX_MODULES) {
		pr_warn("module: ignored: more than BOOT_MAX_MODULES = %d\n", BOOT_MAX_MODULES);
		return false;
	}
	m = &w->bi->modules[w->bi->nr_modules++];
	m->start = t->start;
	m->end = t->end;
	copy_string(m->string, sizeof(m->string), t->string, t->size - sizeof(*t), "module");
	pr_info("module: [0x%08x-0x%08x] \"%s\"\n", t->start, t->end - 1, m->string);
	return true;
}

/* Entries lie `entry_size` apart, which a later version may make larger than ours. */
static bool __init use_mmap(struct walk *w, const struct tag *tag)
{
	const struct tag_mmap *t = (const struct tag_mmap *)tag;
	u32 total, i;

	if (t->entry_size < sizeof(struct mmap_entry)) {
		pr_err("memory map: ignored: entries of %u bytes\n", t->entry_size);
		return false;
	}
	total = (t->size - sizeof(*t)) / t->entry_size;
	for (i = 0; i < total && i < BOOT_MAX_RANGES; i++) {
		struct mmap_entry e;

		memcpy(&e, t->entries + (size_t)i * t->entry_size, sizeof(e));
		w->bi->ranges[i] = (struct boot_range){ e.addr, e.len, e.type };
	}
	w->bi->nr_ranges = i;
	if (i < total)
		pr_warn("memory map: only the first BOOT_MAX_RANGES = %d of %u entries fit\n",
			BOOT_MAX_RANGES, total);
	pr_info("memory map: %u entries of %u bytes\n", total, t->entry_size);
	return total > 0;
}

static bool __init use_framebuffer(struct walk *w, const struct tag *tag)
{
	const struct tag_framebuffer *t = (const struct tag_framebuffer *)tag;
	struct boot_framebuffer *fb = &w->bi->framebuffer;

	*fb = (struct boot_framebuffer){
		.addr = t->addr,
		.pitch = t->pitch,
		.width = t->width,
		.height = t->height,
		.bpp = t->bpp,
		.type = t->kind,
	};
	pr_info("framebuffer: %pa, %ux%u, %u bytes a line, %u bits a pixel, type %u\n", &fb->addr,
		fb->width, fb->height, fb->pitch, fb->bpp, fb->type);
	return true;
}

static bool __init use_elf_sections(struct walk *w, const struct tag *tag)
{
	const struct tag_elf *t = (const struct tag_elf *)tag;

	if ((u64)t->count * t->entry_size > t->size - sizeof(*t)) {
		pr_warn("ELF sections: ignored: %u of %u bytes do not fit into the tag\n", t->count,
			t->entry_size);
		return false;
	}
	w->bi->elf = (struct boot_elf){
		.headers = walk_phys(w, t->headers),
		.count = t->count,
		.entry_size = t->entry_size,
		.string_index = t->string_index,
	};
	pr_info("ELF sections: %u headers of %u bytes at %pa\n", t->count, t->entry_size,
		&w->bi->elf.headers);
	return true;
}

static bool __init keep_rsdp(struct walk *w, const struct tag *tag, size_t size, const char *name)
{
	memcpy(w->bi->rsdp, tag->body, size);
	w->bi->rsdp_size = size;
	pr_info("%s: a copy of %zu bytes\n", name, size);
	return true;
}

static bool __init use_rsdp_old(struct walk *w, const struct tag *tag)
{
	if (w->seen & BIT(MB2_TAG_ACPI_NEW)) {
		pr_info("ACPI 1.0 RSDP: ignored: the newer one came\n");
		return false;
	}
	return keep_rsdp(w, tag, RSDP_V1_SIZE, "ACPI 1.0 RSDP");
}

static bool __init use_rsdp_new(struct walk *w, const struct tag *tag)
{
	return keep_rsdp(w, tag, BOOT_RSDP_MAX, "ACPI 2.0 RSDP");
}

static bool __init use_efi32(struct walk *w, const struct tag *tag)
{
	u32 pointer;

	memcpy(&pointer, tag->body, sizeof(pointer));
	w->bi->efi = true;
	if (!w->bi->efi_system_table)
		w->bi->efi_system_table = pointer;
	pr_info("EFI 32-bit system table: 0x%08x\n", pointer);
	return true;
}

static bool __init use_efi64(struct walk *w, const struct tag *tag)
{
	u64 pointer;

	memcpy(&pointer, tag->body, sizeof(pointer));
	w->bi->efi = true;
	w->bi->efi_system_table = pointer;
	pr_info("EFI 64-bit system table: 0x%016lx\n", pointer);
	return true;
}

static bool __init use_efi_mmap(struct walk *w, const struct tag *tag)
{
	const struct tag_efi_mmap *t = (const struct tag_efi_mmap *)tag;
	u32 size = t->size - sizeof(*t);

	if (t->desc_size < 40) { /* UEFI 2.10, 7.2.3: EFI_MEMORY_DESCRIPTOR */
		pr_warn("EFI memory map: ignored: descriptors of %u bytes\n", t->desc_size);
		return false;
	}
	w->bi->efi = true;
	w->bi->efi_memmap = walk_phys(w, t->map);
	w->bi->efi_memmap_size = size;
	w->bi->efi_desc_size = t->desc_size;
	w->bi->efi_desc_version = t->desc_version;
	pr_info("EFI memory map: %u descriptors of %u bytes\n", size / t->desc_size, t->desc_size);
	return true;
}

/*
 * The types of 3.6: the least size, and either who uses it (false: it said why it
 * could not) or why nobody does.  Of all but modules only the first counts.
 */
static const struct tag_kind {
	const char *name;
	u32 min_size;
	bool (*use)(struct walk *w, const struct tag *tag);
	const char *why_not;
} kinds[MB2_NR_TAGS] __initconst = {
	[MB2_TAG_CMDLINE] = { "command line", 8, use_cmdline, NULL },
	[MB2_TAG_LOADER] = { "loader name", 8, use_loader, NULL },
	[MB2_TAG_MODULE] = { "module", sizeof(struct tag_module), use_module, NULL },
	[MB2_TAG_BASIC_MEMINFO] = { "basic memory information", 16, NULL,
				    "the memory map says more" },
	[MB2_TAG_BOOTDEV] = { "BIOS boot device", 20, NULL, "nothing is read through the BIOS" },
	[MB2_TAG_MMAP] = { "memory map", sizeof(struct tag_mmap), use_mmap, NULL },
	[MB2_TAG_VBE] = { "VBE information", 784, NULL, "the framebuffer tag says what is set" },
	[MB2_TAG_FRAMEBUFFER] = { "framebuffer", FRAMEBUFFER_SIZE, use_framebuffer, NULL },
	[MB2_TAG_ELF_SECTIONS] = { "ELF sections", sizeof(struct tag_elf), use_elf_sections, NULL },
	[MB2_TAG_APM] = { "APM table", 28, NULL, "power is ACPI's" },
	[MB2_TAG_EFI32] = { "EFI 32-bit system table", 12, use_efi32, NULL },
	[MB2_TAG_EFI64] = { "EFI 64-bit system table", 16, use_efi64, NULL },
	[MB2_TAG_SMBIOS] = { "SMBIOS tables", 16, NULL, "no part of the register comes from them" },
	[MB2_TAG_ACPI_OLD] = { "ACPI 1.0 RSDP", TAG_HEAD + RSDP_V1_SIZE, use_rsdp_old, NULL },
	[MB2_TAG_ACPI_NEW] = { "ACPI 2.0 RSDP", TAG_HEAD + BOOT_RSDP_MAX, use_rsdp_new, NULL },
	[MB2_TAG_NETWORK] = { "network information", 8, NULL, "there is no network to set up" },
	[MB2_TAG_EFI_MMAP] = { "EFI memory map", sizeof(struct tag_efi_mmap), use_efi_mmap, NULL },
	[MB2_TAG_EFI_BS] = { "EFI boot services", 8, NULL, "they were not asked for" },
	[MB2_TAG_EFI32_IH] = { "EFI 32-bit image handle", 12, NULL,
			       "boot services are not called" },
	[MB2_TAG_EFI64_IH] = { "EFI 64-bit image handle", 16, NULL,
			       "boot services are not called" },
	[MB2_TAG_LOAD_BASE] = { "load base address", 12, NULL, "the image is never moved" },
};

static void __init use_tag(struct walk *w, const struct tag *tag)
{
	const struct tag_kind *kind = tag->type < MB2_NR_TAGS ? &kinds[tag->type] : NULL;

	if (!kind || !kind->name) {
		pr_info("tag of unknown type %u, %u bytes: ignored\n", tag->type, tag->size);
		return;
	}
	if (tag->size < kind->min_size) {
		pr_warn("%s: ignored: %u bytes, needs %u\n", kind->name, tag->size, kind->min_size);
		return;
	}
	if (!kind->use) {
		pr_info("%s: ignored: %s\n", kind->name, kind->why_not);
		return;
	}
	if (tag->type != MB2_TAG_MODULE && (w->seen & BIT(tag->type))) {
		pr_warn("%s: ignored: a second one\n", kind->name);
		return;
	}
	if (kind->use(w, tag))
		w->seen |= BIT(tag->type);
}

/* The list is at its end: what do its tags mean together, and what must have come? */
static int __init walk_end(const struct walk *w)
{
	if (strncmp(w->bi->loader, "GRUB ", 5) == 0)
		grub_unquote(w->bi->cmdline);
	if (w->cut)
		cmdline_cut_word(w->bi->cmdline);
	if (!(w->seen & BIT(MB2_TAG_MMAP))) {
		pr_err("no usable memory map among the loader's tags\n");
		return -EINVAL;
	}
	return 0;
}

int __init multiboot2_walk(const void *tags, size_t size, struct boot_info *bi)
{
	struct walk w = { .bi = bi, .base = tags };
	size_t at = TAG_HEAD;

	while (at < size && size - at >= TAG_HEAD) {
		const struct tag *tag = (const struct tag *)(w.base + at);

		if (tag->size < TAG_HEAD) {
			pr_err("tag at offset %zu: size %u, less than its own head\n", at,
			       tag->size);
			return -EINVAL;
		}
		if (tag->size > size - at) {
			pr_err("tag at offset %zu: size %u, but the list ends after %zu bytes\n",
			       at, tag->size, size - at);
			return -EINVAL;
		}
		if (tag->type == MB2_TAG_END)
			return walk_end(&w);
		use_tag(&w, tag);
		at = ALIGN(at + tag->size, (size_t)8);
	}
	pr_err("no end tag in %zu bytes\n", size);
	return -EINVAL;
}

/* The total size that the tags' head tells, or -EINVAL (said). */
static int __init read_total_size(phys_addr_t mbi)
{
	u32 head[2];

	if (mbi == 0 || !IS_ALIGNED(mbi, 8) || copy_from_early_mem(head, mbi, sizeof(head))) {
		pr_err("no information can lie at %pa\n", &mbi);
		return -EINVAL;
	}
	/* Head and end tag are 8 bytes each; one early slot must hold it all. */
	if (head[0] < 16 || head[0] > MULTIBOOT2_MAX_SIZE - (mbi & (PAGE_SIZE - 1))) {
		pr_err("the information at %pa says it has %u bytes: not 16 to %u\n", &mbi, head[0],
		       MULTIBOOT2_MAX_SIZE);
		return -EINVAL;
	}
	return head[0];
}

int __init multiboot2_parse(phys_addr_t mbi, struct boot_info *bi)
{
	int size = read_total_size(mbi), ret;
	void *tags;

	if (size < 0)
		return size;
	bi->data_start = mbi;
	bi->data_end = mbi + size;
	tags = early_memremap_ro(mbi, size);
	if (!tags) {
		pr_err("cannot map the %d bytes at %pa\n", size, &mbi);
		return -ENOMEM;
	}
	ret = multiboot2_walk(tags, size, bi);
	early_memunmap(tags, size);
	return ret;
}
